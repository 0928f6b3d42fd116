using System.Text;
using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Writes messages of protobuf, field by field, as onnx.proto numbers them.</summary>
internal sealed class OnnxBytes
{
    private readonly MemoryStream _bytes = new();

    public static byte[] Model(params byte[][] initializers) => Model(new OnnxBytes(), initializers);

    /// <summary>A model whose graph has nodes, or other fields, before its initializers.</summary>
    public static byte[] Model(OnnxBytes graph, params byte[][] initializers)
    {
        Array.ForEach(initializers, i => graph.Bytes(5, i));
        return new OnnxBytes().Number(1, 8).Text(2, "test").Bytes(7, graph.Done()).Done();
    }

    /// <summary>A tensor; its elements are added by the caller.</summary>
    public static OnnxBytes Tensor(string? name, ulong type, params long[] sizes)
    {
        var tensor = new OnnxBytes();
        Array.ForEach(sizes, s => tensor.Number(1, (ulong)s));
        tensor.Number(2, type);
        return name is null ? tensor : tensor.Text(8, name);
    }

    public static byte[] Raw(string name, ulong type, long[] sizes, params byte[] raw) => Tensor(name, type, sizes).Bytes(9, raw).Done();

    public static byte[] Node(string type, string? output, params byte[][] attributes)
    {
        var node = new OnnxBytes().Text(1, "in").Text(4, type);
        _ = output is null ? node : node.Text(2, output);
        Array.ForEach(attributes, a => node.Bytes(5, a));
        return node.Done();
    }

    public static OnnxBytes Attribute(string name) => new OnnxBytes().Text(1, name);

    public static OnnxBytes External(string name, string? location, params (string Key, string Value)[] entries)
    {
        var tensor = Tensor(name, 1, 2).Number(14, 1);
        var all = location is null ? entries : [("location", location), .. entries];
        Array.ForEach(all, e => tensor.Bytes(13, new OnnxBytes().Text(1, e.Key).Text(2, e.Value).Done()));
        return tensor;
    }

    public static byte[] Packed(params long[] numbers)
    {
        var bytes = new OnnxBytes();
        Array.ForEach(numbers, n => bytes.Varint((ulong)n));
        return bytes.Done();
    }

    /// <summary>Reads bytes as a model.</summary>
    public static IReadOnlyDictionary<string, Tensor> Read(byte[] file)
    {
        using var folder = new TemporaryFolder();
        return OnnxFile.ReadWeights(folder.Write("x.onnx", file));
    }

    public OnnxBytes Number(int field, ulong value) => Varint((ulong)field << 3).Varint(value);

    public OnnxBytes Fixed(int field, byte[] bits) => Varint(((ulong)field << 3) | (bits.Length == 4 ? 5u : 1)).Raw(bits);

    public OnnxBytes Text(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public OnnxBytes Bytes(int field, byte[] bytes) => Varint(((ulong)field << 3) | 2).Varint((ulong)bytes.Length).Raw(bytes);

    public OnnxBytes Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public byte[] Done() => _bytes.ToArray();

    private OnnxBytes Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.WriteByte((byte)(value | 0x80));
        }

        _bytes.WriteByte((byte)value);
        return this;
    }
}
