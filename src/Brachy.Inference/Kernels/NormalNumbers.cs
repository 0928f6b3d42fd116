using System.Numerics;
using System.Runtime.InteropServices;

namespace Brachy.Compilation;

/// <summary>
/// Normal random numbers, made of uniform ones in the order of libtorch's CPU generator. Source: Box, Muller, "A note on the generation of
/// random normal deviates", 1958.
/// </summary>
internal static class NormalNumbers
{
    // From so many numbers on, those of a pair lie half a block apart; fewer are made one after the other.
    private const int Block = 16;

    public static void Fill<T>(MersenneTwister generator, Span<T> values)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (values.Length < Block)
        {
            FillFew(generator, values);
            return;
        }

        FillUniform(generator, values);
        for (var start = 0; start <= values.Length - Block; start += Block)
        {
            Transform(values.Slice(start, Block));
        }

        if (values.Length % Block != 0)
        {
            // The last block has new numbers.
            var last = values[^Block..];
            FillUniform(generator, last);
            Transform(last);
        }
    }

    private static void FillUniform<T>(MersenneTwister generator, Span<T> values)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            generator.Fill(MemoryMarshal.Cast<T, float>(values));
        }
        else
        {
            generator.Fill(MemoryMarshal.Cast<T, double>(values));
        }
    }

    private static void Transform<T>(Span<T> block)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < Block / 2; i++)
        {
            var radius = T.Sqrt(T.CreateTruncating(-2) * T.Log(T.One - block[i]));
            var (sine, cosine) = T.SinCos(T.Tau * block[i + (Block / 2)]);
            (block[i], block[i + (Block / 2)]) = (radius * cosine, radius * sine);
        }
    }

    private static void FillFew<T>(MersenneTwister generator, Span<T> values)
        where T : IFloatingPointIeee754<T>
    {
        for (var i = 0; i < values.Length; i += 2)
        {
            var angle = double.Tau * generator.NextDouble();
            var radius = Math.Sqrt(-2 * double.LogP1(-generator.NextDouble()));
            values[i] = T.CreateTruncating(radius * Math.Cos(angle));
            if (i + 1 < values.Length)
            {
                values[i + 1] = T.CreateTruncating(radius * Math.Sin(angle));
            }
        }
    }
}
