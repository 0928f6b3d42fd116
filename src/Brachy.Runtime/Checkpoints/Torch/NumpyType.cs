using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace Brachy.IO;

/// <summary>A <c>numpy.dtype</c> of a pickle: the kind of its elements by NumPy's letter, their bytes, and the order of those.</summary>
internal readonly record struct NumpyType(char Kind, int Size, bool IsSwapped)
{
    /// <summary>The type that an object describes; null when it is none, or one with fields or inner arrays.</summary>
    public static NumpyType? Of(TorchValue value)
    {
        if (value.Value is not TorchObject { Name: "numpy.dtype", Arguments: [{ Value: string { Length: >= 2 and < 20 } text }, ..] } type)
        {
            return null;
        }

        var order = text[0] is '<' or '>' or '|' or '=' ? text[0] : '=';
        text = text.TrimStart('<', '>', '|', '=');
        if (type.State?.Value is TorchValue[] { Length: >= 5 } state)
        {
            order = state[1].Value is string { Length: 1 } stated ? stated[0] : order;
            if (!state[2].IsNone || !state[3].IsNone || !state[4].IsNone)
            {
                return null;
            }
        }

        return text.Length >= 2 && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new NumpyType(text[0], text[0] == 'U' ? size <= int.MaxValue / 4 ? size * 4 : 0 : size, order == '>')
            : null;
    }

    /// <summary>How a tensor holds such elements, and as what the file has them; null when it cannot.</summary>
    public (DType DType, DType Stored, bool IsComplex)? Tensor => (Kind, Size) switch
    {
        ('b', 1) => (DType.Bool, DType.Bool, false),
        ('i', 1) => (DType.Int8, DType.Int8, false),
        ('i', 2) => (DType.Int16, DType.Int16, false),
        ('i', 4) => (DType.Int32, DType.Int32, false),
        ('i', 8) => (DType.Int64, DType.Int64, false),
        ('u', 1) => (DType.UInt8, DType.UInt8, false),

        // Brachy has no longer unsigned types; the next signed one has all their values.
        ('u', 2) => (DType.Int32, DType.Int16, false),
        ('u', 4) => (DType.Int64, DType.Int32, false),
        ('f', 2) => (DType.Float16, DType.Float16, false),
        ('f', 4) => (DType.Float32, DType.Float32, false),
        ('f', 8) => (DType.Float64, DType.Float64, false),
        ('c', 8) => (DType.Float32, DType.Float32, true),
        ('c', 16) => (DType.Float64, DType.Float64, true),
        _ => null,
    };

    /// <summary>One element as a value; null for kinds that have none here, such as dates.</summary>
    public object? Element(ReadOnlySpan<byte> bytes)
    {
        if (IsSwapped && Kind is not ('S' or 'U') && Size <= 16)
        {
            var ordered = bytes.ToArray();
            TensorMemory.Swap(ordered, Kind == 'c' ? Size / 2 : Size);
            bytes = ordered;
        }

        return (Kind, Size) switch
        {
            ('b', 1) => bytes[0] != 0,
            ('i', 1 or 2 or 4 or 8) => (long)new BigInteger(bytes),
            ('u', 1 or 2 or 4 or 8) => PickleText.Shortest(new BigInteger(bytes, isUnsigned: true)),
            ('f', 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
            ('f', 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(bytes),
            ('f', 8) => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            ('c', 8) => new Complex(BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes[4..])),
            ('c', 16) => new Complex(BinaryPrimitives.ReadDoubleLittleEndian(bytes), BinaryPrimitives.ReadDoubleLittleEndian(bytes[8..])),
            ('S', _) => bytes.TrimEnd((byte)0).ToArray(),
            ('U', _) =>
                (IsSwapped ? new UTF32Encoding(bigEndian: true, byteOrderMark: false) : Encoding.UTF32).GetString(bytes).TrimEnd('\0'),
            _ => null,
        };
    }
}
