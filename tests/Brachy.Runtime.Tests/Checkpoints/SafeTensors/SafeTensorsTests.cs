using Brachy.IO;
using TorchSharp;

namespace Brachy.Tests.Checkpoints;

/// <summary>The bytes are written out by the rules of the format.</summary>
[Trait("Category", "Quick")]
public sealed class SafeTensorsTests : IDisposable
{
    private readonly SafeTensorsFolder _folder = new();

    public static TheoryData<string, DType, byte[], double[]> Types => new()
    {
        { "BOOL", DType.Bool, [1, 0], [1, 0] },
        { "U8", DType.UInt8, [7, 255], [7, 255] },
        { "I8", DType.Int8, [7, 255], [7, -1] },
        { "I16", DType.Int16, [0, 1, 254, 255], [256, -2] },
        { "I32", DType.Int32, [0, 0, 1, 0, 255, 255, 255, 255], [65536, -1] },
        { "I64", DType.Int64, [0, 0, 0, 0, 1, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255], [4294967296, -2] },
        { "F16", DType.Float16, [0, 60, 0, 192], [1, -2] },
        { "BF16", DType.BFloat16, [128, 63, 0, 192], [1, -2] },
        { "F32", DType.Float32, [0, 0, 128, 63, 0, 0, 0, 192], [1, -2] },
        { "F64", DType.Float64, [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 192], [1, -2] },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void EveryTypeIsReadAndWritten(string name, DType dtype, byte[] data, double[] values)
    {
        using var scope = torch.NewDisposeScope();
        var bytes = SafeTensorsFolder.Assemble(
            $$$"""{"x":{"dtype":"{{{name}}}","shape":[2],"data_offsets":[0,{{{data.Length}}}]}}""", data);
        var tensor = SafeTensors.Load(_folder.Write(bytes))["x"];
        Assert.Equal(dtype, tensor.dtype);
        Assert.Equal(values, tensor.AsTorch().to(torch.float64).data<double>().ToArray());

        SafeTensors.Save(_folder.File, [KeyValuePair.Create("x", tensor)]);
        var written = File.ReadAllBytes(_folder.File);
        Assert.Equal(data, written[^data.Length..]);
        Assert.Equal(new TensorType(new long[] { 2 }, dtype), SafeTensors.ReadHeader(_folder.File).Types["x"]);
    }

    [Fact]
    public void TheBytesWrittenAreThoseOfTheFormat()
    {
        var tensors = new[]
        {
            KeyValuePair.Create("a.b", Tensor.FromArray<byte>([1, 2, 3], new long[] { 3 })),
            KeyValuePair.Create("c", Tensor.FromArray([1f], new long[] { 1, 1 }))
        };
        SafeTensors.Save(_folder.File, tensors, new Dictionary<string, string> { ["k"] = "v" });
        const string Header = "{\"__metadata__\":{\"k\":\"v\"},\"c\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
            + "\"a.b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[4,7]}}";
        var padded = Header.PadRight((Header.Length + 7) / 8 * 8);
        Assert.Equal(SafeTensorsFolder.Assemble(padded, 0, 0, 128, 63, 1, 2, 3), File.ReadAllBytes(_folder.File));
        Assert.Equal(["model.safetensors"], _folder.Names);
    }

    [Fact]
    public void OrderAndMetadataAreRead()
    {
        var bytes = SafeTensorsFolder.Assemble(
            """{"b":{"shape":[],"dtype":"U8","data_offsets":[1,2]},"__metadata__":{"format":"pt"},"""
            + """ "a":{"data_offsets":[0,1],"dtype":"U8","shape":[1]},"e":{"dtype":"F32","shape":[0,3],"data_offsets":[1,1]}}   """, 5, 6);
        var contents = SafeTensors.Load(_folder.Write(bytes));
        Assert.Equal(["a", "e", "b"], contents.Keys);
        Assert.Equal("pt", SafeTensors.ReadHeader(_folder.File).Metadata["format"]);
        Assert.Equal((6, 5, 0), (contents["b"].item<int>(), contents["a"].item<int>(), contents["e"].numel()));
        Assert.Equal(["a"], SafeTensors.Load(_folder.File, "a").Keys);
    }

    [Fact]
    public void StridedTensorsAreWrittenInOrder()
    {
        using var scope = torch.NewDisposeScope();
        Tensor transposed = torch.arange(6, torch.int64).reshape(2, 3).t();
        SafeTensors.Save(_folder.File, [KeyValuePair.Create("x", transposed)]);
        Assert.Equal([0L, 3, 1, 4, 2, 5], SafeTensors.Load(_folder.File)["x"].ToArray<long>());
    }

    [Fact]
    public void ManyChunksComeBack()
    {
        using var scope = torch.NewDisposeScope();
        var values = torch.arange((1L << 26) + 5, dtype: torch.int64).to(torch.uint8);
        SafeTensors.Save(_folder.File, [KeyValuePair.Create("x", Tensor.FromTorch(values))]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        using var loaded = SafeTensors.Load(_folder.File)["x"];
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Assert.True(values.Equals(loaded.AsTorch()));
    }

    [Fact]
    public void WhatCannotBeWrittenLeavesTheOldFile()
    {
        var x = Tensor.FromArray([1f], new long[] { 1 });
        var freed = Tensor.FromArray([1f], new long[] { 1 });
        freed.Dispose();
        SafeTensors.Save(_folder.File, [KeyValuePair.Create("x", x)]);
        var before = File.ReadAllBytes(_folder.File);

        Assert.Contains(
            "'x'", Assert.Throws<ArgumentException>(() => SafeTensors.Save(_folder.File, [new("x", x), new("x", x)])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => SafeTensors.Save(_folder.File, [new("__metadata__", x)]));
        Assert.Throws<ArgumentException>(() => SafeTensors.Save(_folder.File, [new("\ud800", x)]));
        Assert.Throws<ObjectDisposedException>(() => SafeTensors.Save(_folder.File, [new("a", x), new("b", freed)]));
        var full = Assert.Throws<CheckpointException>(() => AtomicFile.Write(_folder.File, stream =>
        {
            stream.Write([1, 2, 3]);
            throw new IOException("No space left on device.");
        }));
        Assert.Contains("No space left", full.Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => SafeTensors.Save(Path.Combine(_folder.File, "missing", "x"), [new("x", x)]));
        Assert.Throws<CheckpointException>(() => SafeTensors.Save(Path.GetDirectoryName(_folder.File)!, [new("x", x)]));

        Assert.Equal(before, File.ReadAllBytes(_folder.File));
        Assert.Equal(["model.safetensors"], _folder.Names);
    }
}
