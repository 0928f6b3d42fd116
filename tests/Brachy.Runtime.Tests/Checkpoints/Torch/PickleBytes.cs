using System.Buffers.Binary;
using System.Text;

namespace Brachy.Tests.Checkpoints;

/// <summary>Puts a pickle together opcode by opcode, as Python's pickletools lists them.</summary>
internal sealed class PickleBytes
{
    private readonly MemoryStream _bytes = new();

    public PickleBytes(int protocol = 2) => Raw(0x80, (byte)protocol);

    public byte[] Stop() => Raw((byte)'.')._bytes.ToArray();

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleBytes Op(string opcodes) => Raw(Encoding.Latin1.GetBytes(opcodes));

    public PickleBytes Global(string module, string name) => Op($"c{module}\n{name}\n");

    public PickleBytes StackGlobal(string module, string name) => ShortText(module).ShortText(name).Raw(0x93);

    public PickleBytes Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Op("X").Raw(length).Raw(bytes);
    }

    public PickleBytes ShortText(string text) => Raw(0x8c, (byte)Encoding.UTF8.GetByteCount(text)).Raw(Encoding.UTF8.GetBytes(text));

    public PickleBytes Int(long value)
    {
        if (value is >= 0 and <= 255)
        {
            return Raw((byte)'K', (byte)value);
        }

        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public PickleBytes Ints(params long[] values)
    {
        Op("(");
        foreach (var value in values)
        {
            Int(value);
        }

        return Op("t");
    }

    public PickleBytes Storage(string type, string key, long count) =>
        Op("(").Text("storage").Global(type[..type.LastIndexOf('.')], type[(type.LastIndexOf('.') + 1)..]).Text(key).Text("cpu").Int(count)
            .Op("tQ");

    public PickleBytes Tensor(string type, string key, long count, long[] size, long[] stride, long offset = 0) =>
        Global("torch._utils", "_rebuild_tensor_v2").Op("(").Storage(type, key, count).Int(offset).Ints(size).Ints(stride)
            .Raw(0x89).OrderedDict().Op("tR");

    public PickleBytes Floats(string key, params long[] size)
    {
        var stride = new long[size.Length];
        var count = 1L;
        for (var i = size.Length - 1; i >= 0; i--)
        {
            stride[i] = count;
            count *= size[i];
        }

        return Tensor("torch.FloatStorage", key, count, size, stride);
    }

    public PickleBytes OrderedDict() => Global("collections", "OrderedDict").Op(")R");
}
