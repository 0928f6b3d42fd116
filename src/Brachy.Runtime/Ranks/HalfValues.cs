using System.Numerics.Tensors;

namespace Brachy.Ranks;

/// <summary>Half precision, which MPI does not know, as float32 and back.</summary>
internal static unsafe class HalfValues
{
    // Spans have lengths of 31 bits.
    private const int Piece = 1 << 20;

    public static bool Is(DType type) => type is DType.Float16 or DType.BFloat16;

    /// <summary>Writes values as float32, which holds them exactly.</summary>
    public static void Widen(nint from, DType type, float* to, long count)
    {
        for (long at = 0; at < count; at += Piece)
        {
            var part = (int)Math.Min(Piece, count - at);
            var wide = new Span<float>(to + at, part);
            if (type == DType.Float16)
            {
                TensorPrimitives.ConvertToSingle(new ReadOnlySpan<Half>((Half*)from + at, part), wide);
                continue;
            }

            var halves = new ReadOnlySpan<ushort>((ushort*)from + at, part);
            for (var i = 0; i < halves.Length; i++)
            {
                wide[i] = BitConverter.UInt32BitsToSingle((uint)halves[i] << 16);
            }
        }
    }

    /// <summary>Rounds values to the nearest, of two equally near ones to the even one.</summary>
    public static void Round(float* from, nint to, DType type, long count)
    {
        for (long at = 0; at < count; at += Piece)
        {
            var part = (int)Math.Min(Piece, count - at);
            var wide = new ReadOnlySpan<float>(from + at, part);
            if (type == DType.Float16)
            {
                TensorPrimitives.ConvertToHalf(wide, new Span<Half>((Half*)to + at, part));
                continue;
            }

            var halves = new Span<ushort>((ushort*)to + at, part);
            for (var i = 0; i < halves.Length; i++)
            {
                halves[i] = RoundToBFloat16(wide[i]);
            }
        }
    }

    private static ushort RoundToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
