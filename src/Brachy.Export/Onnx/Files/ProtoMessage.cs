using Google.Protobuf;

namespace Brachy.IO.Onnx;

/// <summary>A message of protobuf whose fields are known, and with them its length. Contents of tensors are written when it is.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(long Length, Action<CodedOutputStream, Stream> Write)> _fields = [];

    /// <summary>The bytes of all fields.</summary>
    public long Length { get; private set; }

    /// <summary>An integer.</summary>
    public ProtoMessage Add(int field, long value)
    {
        Add(Tag(field) + CodedOutputStream.ComputeInt64Size(value), (to, _) =>
        {
            to.WriteTag(field, WireFormat.WireType.Varint);
            to.WriteInt64(value);
        });
        return this;
    }

    /// <summary>A real number.</summary>
    public ProtoMessage Add(int field, float value)
    {
        Add(Tag(field) + sizeof(float), (to, _) =>
        {
            to.WriteTag(field, WireFormat.WireType.Fixed32);
            to.WriteFloat(value);
        });
        return this;
    }

    /// <summary>A text.</summary>
    public ProtoMessage Add(int field, string value)
    {
        Add(Tag(field) + CodedOutputStream.ComputeStringSize(value), (to, _) =>
        {
            to.WriteTag(field, WireFormat.WireType.LengthDelimited);
            to.WriteString(value);
        });
        return this;
    }

    /// <summary>A message.</summary>
    public ProtoMessage Add(int field, ProtoMessage value)
    {
        Add(Tag(field) + LengthSize(value.Length) + value.Length, (to, stream) =>
        {
            to.WriteTag(field, WireFormat.WireType.LengthDelimited);
            to.WriteUInt64((ulong)value.Length);
            value.WriteTo(to, stream);
        });
        return this;
    }

    /// <summary>Bytes that something else writes.</summary>
    /// <param name="field">The field.</param>
    /// <param name="length">How many there are.</param>
    /// <param name="write">Writes as many.</param>
    public ProtoMessage Add(int field, long length, Action<Stream> write)
    {
        Add(Tag(field) + LengthSize(length) + length, (to, stream) =>
        {
            to.WriteTag(field, WireFormat.WireType.LengthDelimited);
            to.WriteUInt64((ulong)length);
            to.Flush();
            write(stream);
        });
        return this;
    }

    /// <summary>Writes all fields.</summary>
    public void WriteTo(Stream stream)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        WriteTo(output, stream);
        output.Flush();
    }

    private void WriteTo(CodedOutputStream to, Stream stream)
    {
        foreach (var (_, write) in _fields)
        {
            write(to, stream);
        }
    }

    private void Add(long length, Action<CodedOutputStream, Stream> write)
    {
        _fields.Add((length, write));
        Length += length;
    }

    private static int Tag(int field) => CodedOutputStream.ComputeTagSize(field);

    private static int LengthSize(long length) => CodedOutputStream.ComputeUInt64Size((ulong)length);
}
