using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>What the integers of a row stand for: <c>(integer - Zero) * Scale</c>.</summary>
internal readonly record struct RowQuantization(float Scale, int Zero);

/// <summary>
/// Rows of real numbers as integers from 0 to 255, by the least and the greatest number of each row, so that a row's do not depend on other
/// rows. 0 stays exact. A row with NaN or an infinity has scale NaN.
/// </summary>
internal static unsafe class QuantizedRows
{
    private const float Levels = byte.MaxValue;

    // Added to a number of less than 2^22 it leaves the nearest integer in the low bits.
    private const float Rounding = 12582912;

    /// <summary>How many integers an element holds.</summary>
    public static int PerElement<T>()
        where T : unmanaged => typeof(T) == typeof(uint) ? 4 : 2;

    /// <summary>The elements that so many integers fill.</summary>
    public static int Length<T>(int integers)
        where T : unmanaged => (integers + PerElement<T>() - 1) / PerElement<T>();

    /// <summary>Writes a row.</summary>
    /// <typeparam name="T"><see cref="uint"/> for bytes, <see cref="int"/> for 16 bits, as <see cref="DotProducts"/> says.</typeparam>
    /// <param name="row">The numbers.</param>
    /// <param name="to">Where the integers go; those after the last are 0.</param>
    /// <param name="length">The elements of the row there.</param>
    public static RowQuantization Quantize<T>(ReadOnlySpan<float> row, T* to, int length)
        where T : unmanaged
    {
        var written = Length<T>(row.Length);
        new Span<T>(to + written, length - written).Clear();
        var (least, greatest) = (Math.Min(0, TensorPrimitives.Min(row)), Math.Max(0, TensorPrimitives.Max(row)));
        var scale = (greatest / Levels) - (least / Levels);
        if (!float.IsNormal(scale) || !float.IsFinite(scale))
        {
            new Span<T>(to, written).Clear();
            return new(float.IsFinite(scale) ? 0 : float.NaN, 0);
        }

        var factor = 1 / scale;
        var zero = Math.Clamp(Nearest(-least * factor), 0, byte.MaxValue);
        fixed (float* from = row)
        {
            var i = 0;
            for (; i <= row.Length - Vector512<byte>.Count; i += Vector512<byte>.Count)
            {
                Store(to, i, Integers(from + i, factor, zero));
            }

            if (i < row.Length)
            {
                var rest = row.Length - i;
                var buffer = stackalloc float[Vector512<byte>.Count];
                new Span<float>(buffer, Vector512<byte>.Count).Clear();
                new Span<float>(from + i, rest).CopyTo(new(buffer, rest));
                StoreLast(to, i, rest, Integers(buffer, factor, zero));
            }
        }

        return new(scale, zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Integers(float* from, float factor, int zero)
    {
        var width = Vector512<float>.Count;
        return Vector512.Narrow(
            Vector512.Narrow(Integers16(from, factor, zero), Integers16(from + width, factor, zero)),
            Vector512.Narrow(Integers16(from + (2 * width), factor, zero), Integers16(from + (3 * width), factor, zero)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Integers16(float* from, float factor, int zero)
    {
        var nearest = ((Vector512.Load(from) * factor) + Vector512.Create(Rounding)).AsInt32()
            + Vector512.Create(zero - BitConverter.SingleToInt32Bits(Rounding));
        return Vector512.Min(Vector512.Max(nearest, Vector512<int>.Zero), Vector512.Create((int)byte.MaxValue)).AsUInt32();
    }

    private static int Nearest(float x) => BitConverter.SingleToInt32Bits(x + Rounding) - BitConverter.SingleToInt32Bits(Rounding);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T* to, int place, Vector512<byte> integers)
        where T : unmanaged
    {
        if (typeof(T) == typeof(uint))
        {
            integers.Store((byte*)to + place);
            return;
        }

        Vector512.WidenLower(integers).Store((ushort*)to + place);
        Vector512.WidenUpper(integers).Store((ushort*)to + place + Vector512<ushort>.Count);
    }

    /// <summary>Writes the first integers, and zeros up to the end of an element.</summary>
    private static void StoreLast<T>(T* to, int place, int count, Vector512<byte> integers)
        where T : unmanaged
    {
        var buffer = stackalloc byte[2 * Vector512<byte>.Count];
        Store((T*)buffer, 0, integers);
        var (size, elements) = (sizeof(T) / PerElement<T>(), Length<T>(count));
        new Span<byte>(buffer + (count * size), (elements * sizeof(T)) - (count * size)).Clear();
        new Span<byte>(buffer, elements * sizeof(T)).CopyTo(new((byte*)to + (place * size), elements * sizeof(T)));
    }
}
