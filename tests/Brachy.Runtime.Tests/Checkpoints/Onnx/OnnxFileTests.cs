using Brachy.IO;
using Brachy.Tests.Shared;
using Brachy.Trees;
using TorchSharp;

namespace Brachy.Tests.Checkpoints;

/// <summary>Models put together by the rules of the format, and one that the library onnx wrote.</summary>
[Trait("Category", "Quick")]
public sealed class OnnxFileTests
{
    /// <summary>
    /// Written by onnx 1.12 in Python: nine initializers by <c>make_tensor</c> and <c>from_array</c>, the constant <c>three</c>, and a
    /// choice whose branches have an initializer <c>w</c> and a constant <c>k</c> each.
    /// </summary>
    private const string Written =
        "CAg6kgQKIxIFdGhyZWUiCENvbnN0YW50KhAKCXZhbHVlX2ludBgDoAECCtIBCgFjEgF5GgZicmFuY2giAklmKl0KC2Vsc2VfYnJhbmNoMksKKRIBayII"
        + "Q29uc3RhbnQqGgoFdmFsdWUqDggCEAFKCAAAgD8AAABAoAEEEgFlKgoIARACQgF3SgEIYg8KAWsSCgoICAESBAoCCAKgAQUqXwoLdGhlbl9icmFuY2gy"
        + "TQoqEgFrIghDb25zdGFudCobCgx2YWx1ZV9mbG9hdHM9AAAAPz0AAABAoAEGEgF0KgsIARAFQgF3SgIHAGIPCgFrEgoKCAgBEgQKAggCoAEFEgFnKiMI"
        + "AggCEAFCCWZjLndlaWdodEoQAADAPwAAAMAAAEBAAACAQCoXCAIQCioFgHyAgANCCnR5cGVkLmhhbGYqFQgCEBAqBcB/gIADQgh0eXBlZC5iZiocCAMQ"
        + "AyoMgP//////////AQB/Qgh0eXBlZC5pOCoUCAIQCSoCAQBCCnR5cGVkLmJvb2wqIQgCEA4iEAAAgD8AAABAAAAAgAAAQMBCCXR5cGVkLmM2NCoXEAtC"
        + "CXR5cGVkLmY2NFIImpmZmZmZuT8qIQgCEAc6EP///////////wGAgICAgCBCCXR5cGVkLmk2NCoNCAAQBkIFZW1wdHlKAFoLCgFjEgYKBAgJEgBiDwoB"
        + "eRIKCggIARIECgIIAkICEBE=";

    public static TheoryData<ulong, DType, byte[], double[]> RawTypes => new()
    {
        { 9, DType.Bool, [2, 0], [1, 0] },
        { 2, DType.UInt8, [7, 255], [7, 255] },
        { 3, DType.Int8, [7, 255], [7, -1] },
        { 5, DType.Int16, [0, 1, 254, 255], [256, -2] },
        { 6, DType.Int32, [0, 0, 1, 0, 255, 255, 255, 255], [65536, -1] },
        { 7, DType.Int64, [0, 0, 0, 0, 1, 0, 0, 0, 254, 255, 255, 255, 255, 255, 255, 255], [4294967296, -2] },
        { 10, DType.Float16, [0, 60, 0, 192], [1, -2] },
        { 16, DType.BFloat16, [128, 63, 0, 192], [1, -2] },
        { 1, DType.Float32, [0, 0, 128, 63, 0, 0, 0, 192], [1, -2] },
        { 11, DType.Float64, [0, 0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0, 0, 0, 0, 192], [1, -2] },
    };

    public static TheoryData<ulong, DType, int, byte[], double[]> TypedFields => new()
    {
        { 9, DType.Bool, 5, OnnxBytes.Packed(1, 0), [1, 0] },
        { 2, DType.UInt8, 5, OnnxBytes.Packed(7, 255), [7, 255] },
        { 3, DType.Int8, 5, OnnxBytes.Packed(127, -128), [127, -128] },
        { 5, DType.Int16, 5, OnnxBytes.Packed(256, -32768), [256, -32768] },
        { 6, DType.Int32, 5, OnnxBytes.Packed(int.MaxValue, int.MinValue), [int.MaxValue, int.MinValue] },
        { 7, DType.Int64, 7, OnnxBytes.Packed(1L << 40, -2), [1L << 40, -2] },
        { 10, DType.Float16, 5, OnnxBytes.Packed(0x3c00, 0xc000), [1, -2] },
        { 16, DType.BFloat16, 5, OnnxBytes.Packed(0x3f80, 0xc000), [1, -2] },
        { 1, DType.Float32, 4, TorchZip.Of(1f, -2), [1, -2] },
        { 11, DType.Float64, 10, TorchZip.Of(1.0, -2), [1, -2] },
    };

    [Theory]
    [MemberData(nameof(RawTypes))]
    public void EveryTypeIsReadFromBytes(ulong type, DType dtype, byte[] raw, double[] values) =>
        RequireEqual(dtype, [2, 1], values, OnnxBytes.Read(OnnxBytes.Model(OnnxBytes.Raw("x", type, [2, 1], raw)))["x"]);

    [Theory]
    [MemberData(nameof(TypedFields))]
    public void EveryTypeIsReadFromNumbers(ulong type, DType dtype, int field, byte[] packed, double[] values)
    {
        var tensor = OnnxBytes.Tensor("x", type, 2).Bytes(field, packed).Done();
        RequireEqual(dtype, [2], values, OnnxBytes.Read(OnnxBytes.Model(tensor))["x"]);
    }

    [Fact]
    public void NumbersMayComeOneByOneAndSizesPacked()
    {
        var floats = new OnnxBytes().Bytes(1, OnnxBytes.Packed(3, 1)).Number(2, 1).Text(8, "x").Fixed(4, TorchZip.Of(1f))
            .Bytes(4, TorchZip.Of(2f)).Bytes(4, []).Fixed(4, TorchZip.Of(3f)).Done();
        var ints = OnnxBytes.Tensor("y", 7, 2).Number(7, 5).Number(7, ulong.MaxValue).Done();
        var read = OnnxBytes.Read(OnnxBytes.Model(floats, ints));
        RequireEqual(DType.Float32, [3, 1], [1, 2, 3], read["x"]);
        RequireEqual(DType.Int64, [2], [5, -1], read["y"]);
    }

    [Fact]
    public void ComplexNumbersArePairs()
    {
        var raw = OnnxBytes.Raw("x", 15, [1], TorchZip.Of(1.0, -2));
        var typed = OnnxBytes.Tensor("y", 14, 2).Bytes(4, TorchZip.Of(1f, -2, 3, 4)).Done();
        var read = OnnxBytes.Read(OnnxBytes.Model(raw, typed));
        RequireEqual(DType.Float64, [1, 2], [1, -2], read["x"]);
        RequireEqual(DType.Float32, [2, 2], [1, -2, 3, 4], read["y"]);
    }

    [Fact]
    public void WhatTheLibraryOnnxWroteIsRead()
    {
        using var stream = new MemoryStream([9, 9, .. Convert.FromBase64String(Written)]) { Position = 2 };
        var read = OnnxFile.ReadWeights(stream);
        Assert.Equal(
            [
                "three", "y.else_branch.k", "y.else_branch.w", "y.then_branch.k", "y.then_branch.w", "fc.weight", "typed.half", "typed.bf",
                "typed.i8", "typed.bool", "typed.c64", "typed.f64", "typed.i64", "empty",
            ],
            read.Keys);
        RequireEqual(DType.Int64, [], [3], read["three"]);
        RequireEqual(DType.Float32, [2], [1, 2], read["y.else_branch.k"]);
        RequireEqual(DType.Float32, [2], [0.5, 2], read["y.then_branch.k"]);
        RequireEqual(DType.UInt8, [1], [8], read["y.else_branch.w"]);
        RequireEqual(DType.Int16, [1], [7], read["y.then_branch.w"]);
        RequireEqual(DType.Float32, [2, 2], [1.5, -2, 3, 4], read["fc.weight"]);
        RequireEqual(DType.Float16, [2], [1.5, -2], read["typed.half"]);
        RequireEqual(DType.BFloat16, [2], [1.5, -2], read["typed.bf"]);
        RequireEqual(DType.Int8, [3], [-128, 0, 127], read["typed.i8"]);
        RequireEqual(DType.Bool, [2], [1, 0], read["typed.bool"]);
        RequireEqual(DType.Float32, [2, 2], [1, 2, 0, -3], read["typed.c64"]);
        RequireEqual(DType.Float64, [], [0.1], read["typed.f64"]);
        RequireEqual(DType.Int64, [2], [-1, 1L << 40], read["typed.i64"]);
        RequireEqual(DType.Int32, [0], [], read["empty"]);

        stream.Position = 2;
        Assert.Equal(
            new OnnxWeightInfo("typed.c64", "COMPLEX64", [2], new TensorType([2, 2], DType.Float32), false, null),
            OnnxFile.ReadInfo(stream).Single(w => w.Name == "typed.c64"));
    }

    [Fact]
    public void ConstantsMayBeNumbersOfAllKinds()
    {
        static byte[] Constant(string output, OnnxBytes attribute) => OnnxBytes.Node("Constant", output, attribute.Done());
        var graph = new OnnxBytes()
            .Bytes(1, Constant("f", OnnxBytes.Attribute("value_float").Fixed(2, TorchZip.Of(2.5f))))
            .Bytes(1, Constant("zero", OnnxBytes.Attribute("value_int")))
            .Bytes(1, Constant("ints", OnnxBytes.Attribute("value_ints").Number(8, 4).Bytes(8, OnnxBytes.Packed(5, -6))))
            .Bytes(1, Constant("none", OnnxBytes.Attribute("value_floats")))
            .Bytes(1, Constant("texts", OnnxBytes.Attribute("value_strings").Text(9, "a").Text(9, "")))
            .Bytes(1, OnnxBytes.Node("ConstantOfShape", "other", OnnxBytes.Attribute("value").Bytes(5, [0]).Done()));
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.onnx", OnnxBytes.Model(graph));
        var info = OnnxFile.ReadInfo(path);
        Assert.Equal(["f", "zero", "ints", "none", "texts"], info.Select(w => w.Name));
        Assert.All(info, w => Assert.True(w.IsConstant));
        Assert.Equal(("STRING", Shape.Create([2]), null), (info[4].ElementType, info[4].Shape, info[4].Type));
        var read = OnnxFile.ReadWeights(path, !(PathFilter)"texts");
        RequireEqual(DType.Float32, [], [2.5], read["f"]);
        RequireEqual(DType.Int64, [], [0], read["zero"]);
        RequireEqual(DType.Int64, [3], [4, 5, -6], read["ints"]);
        RequireEqual(DType.Float32, [0], [], read["none"]);
    }

    [Fact]
    public void DataInOtherFilesIsReadFromTheFolderOfTheModel()
    {
        using var folder = new TemporaryFolder();
        folder.Write("sub/weights.bin", TorchZip.Of(0f, 1, 2, 3));
        var whole = OnnxBytes.External("a", "sub/weights.bin", ("offset", "8"), ("length", "8"), ("checksum", "none")).Done();
        var tied = OnnxBytes.External("b", "sub/weights.bin", ("offset", "8")).Done();
        var first = OnnxBytes.External("c", "./sub/weights.bin").Done();
        var path = folder.Write("x.onnx", OnnxBytes.Model(whole, tied, first));
        Assert.Equal("sub/weights.bin", OnnxFile.ReadInfo(path)[0].DataFile);
        var read = OnnxFile.ReadWeights(path);
        RequireEqual(DType.Float32, [2], [2, 3], read["a"]);
        Assert.Same(read["a"], read["b"]);
        RequireEqual(DType.Float32, [2], [0, 1], read["c"]);

        using var stream = File.OpenRead(path);
        var error = Assert.Throws<CheckpointException>(() => OnnxFile.ReadWeights(stream));
        Assert.Contains("the tensor 'a' has its elements in 'sub/weights.bin', which a stream", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnlyWhatIsAskedForIsRead()
    {
        // The elements of 'large' are a hole of the file, of 1 GB, which takes no room on a disk.
        const int Hole = 1 << 30;
        using var folder = new TemporaryFolder();
        var small = OnnxBytes.Raw("small", 1, [1], TorchZip.Of(4f));
        var lost = OnnxBytes.External("lost", "missing.bin").Done();
        var large = new OnnxBytes().Raw(OnnxBytes.Tensor("large", 2, Hole).Done()).Raw(0x4a, 0x80, 0x80, 0x80, 0x80, 4).Done();
        var graph = new OnnxBytes().Bytes(5, small).Bytes(5, lost).Raw(0x2a).Raw(OnnxBytes.Packed(large.Length + Hole)).Raw(large).Done();
        var path = folder.Write("x.onnx", [0x3a, .. OnnxBytes.Packed(graph.Length + Hole), .. graph]);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(file.Length + Hole);
        }

        Assert.Equal(["small", "lost", "large"], OnnxFile.ReadInfo(path).Select(w => w.Name));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(["small"], OnnxFile.ReadWeights(path, "small").Keys);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void AStreamThatCannotSeekIsRefused()
    {
        using var stream = new System.IO.Compression.DeflateStream(new MemoryStream(), System.IO.Compression.CompressionMode.Decompress);
        var error = Assert.Throws<ArgumentException>(() => OnnxFile.ReadInfo(stream));
        Assert.Contains("MemoryStream", error.Message, StringComparison.Ordinal);
    }

    private static void RequireEqual(DType dtype, long[] sizes, double[] values, Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(new TensorType(Shape.Create(sizes), dtype), tensor.Type);
        Assert.Equal(values, tensor.AsTorch().to(torch.float64).reshape(-1).data<double>().ToArray());
    }
}
