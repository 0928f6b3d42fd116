using System.Buffers.Binary;
using System.Text;

namespace Brachy.Inference;

/// <summary>
/// Writes fields as bytes. A whole number is seven bits to a byte, low ones first: the lowest says whether it is the number of a formula,
/// the next is its sign. A real number is a byte that says whether it is a formula's, and eight bytes, or that number.
/// </summary>
internal sealed class FieldWriter
{
    private readonly MemoryStream _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    /// <summary>Writes fields that are what they are.</summary>
    public void Write(FieldList fields) => fields.Values.ForEach(value => Write(value, null));

    /// <summary>Writes a field.</summary>
    /// <param name="value">Its value; for a formula that for any sizes.</param>
    /// <param name="formula">The number of the formula; null for none.</param>
    public void Write(object value, int? formula)
    {
        switch (value)
        {
            case long whole:
                Bits(formula is { } index ? ((UInt128)(uint)index << 1) | 1 : (UInt128)ZigZag(whole) << 1);
                break;
            case double real:
                _bytes.WriteByte(formula is null ? (byte)0 : (byte)1);
                if (formula is { } number)
                {
                    Bits((uint)number);
                    break;
                }

                Span<byte> bytes = stackalloc byte[sizeof(double)];
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, real);
                _bytes.Write(bytes);
                break;
            default:
                var text = Encoding.UTF8.GetBytes((string)value);
                Bits((uint)text.Length);
                _bytes.Write(text);
                break;
        }
    }

    private static ulong ZigZag(long value) => ((ulong)value << 1) ^ (ulong)(value >> 63);

    private void Bits(UInt128 value)
    {
        for (; value > 127; value >>= 7)
        {
            _bytes.WriteByte((byte)((uint)(value & 127) | 128));
        }

        _bytes.WriteByte((byte)value);
    }
}
