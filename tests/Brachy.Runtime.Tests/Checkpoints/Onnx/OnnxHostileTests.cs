using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>
/// Damaged and hostile models: always one kind of error, which names the tensor, and no memory that the file does not answer for.
/// </summary>
public sealed class OnnxHostileTests
{
    private const int MostBytes = 4_000_000;

    public static TheoryData<string, byte[]> Tensors => new()
    {
        { "'w' does not say its element type", Tensor(0).Done() },
        { "'w' does not say its element type", new OnnxBytes().Number(1, 1).Text(8, "w").Done() },
        { "elements of type STRING in 'w'", Tensor(8).Text(6, "a").Done() },
        { "elements of type UINT16 in 'w'", Tensor(4).Bytes(9, [1, 0]).Done() },
        { "elements of type UINT64 in 'w'", Tensor(13).Number(11, 1).Done() },
        { "elements of type FLOAT8E4M3FN in 'w'", Tensor(17).Bytes(9, [1]).Done() },
        { "elements of type FLOAT8E5M2FNUZ in 'w'", Tensor(20).Number(5, 1).Done() },
        { "elements of type UINT4 in 'w'", Tensor(21).Bytes(9, [1]).Done() },
        { "elements of type INT4 in 'w'", Tensor(22).Number(5, 1).Done() },
        { "elements of type FLOAT4E2M1 in 'w'", Tensor(23).Bytes(9, [1]).Done() },
        { "elements of type number 99 in 'w'", Tensor(99).Bytes(9, [1]).Done() },
        { "initializer number 0 has no name", OnnxBytes.Tensor(null, 2, 1).Bytes(9, [1]).Done() },
        { "'w' says its name twice", Tensor(2).Bytes(9, [1]).Text(8, "v").Done() },
        { "'w' says its element type twice", Tensor(2).Number(2, 2).Bytes(9, [1]).Done() },
        { "'w' says its raw data twice", Tensor(2).Bytes(9, [1]).Bytes(9, [1]).Done() },
        { "'w' is one segment", Tensor(2).Bytes(3, []).Bytes(9, [1]).Done() },
        { "'w' has the impossible sizes [-1]", OnnxBytes.Raw("w", 2, [-1], 1) },
        { "'w' has the impossible sizes [4294967296, 4294967296]", OnnxBytes.Raw("w", 2, [1L << 32, 1L << 32]) },
        { "'w' has the impossible sizes [0, 9223372036854775807, 9]", OnnxBytes.Raw("w", 2, [0, long.MaxValue, 9]) },
        { "'w' has more than 64 dims", OnnxBytes.Raw("w", 2, [.. Enumerable.Repeat(1L, 65)], 1) },
        { "'w' has the impossible sizes [1, 1,", OnnxBytes.Raw("w", 14, [.. Enumerable.Repeat(1L, 64)], new byte[8]) },
        { "'w' has 1 bytes, but is FLOAT [1], which takes 4", OnnxBytes.Raw("w", 1, [1], 1) },
        { "'w' has 0 bytes, but is FLOAT [1], which takes 4", Tensor(1).Done() },
        { "'w' has 1000000000 elements in", OnnxBytes.Tensor("w", 7, 1_000_000_000).Bytes(7, [1]).Done() },
        { "'w' has fewer elements", OnnxBytes.Tensor("w", 7, 2).Bytes(7, [1]).Done() },
        { "'w' has more elements", Tensor(7).Bytes(7, [1, 2]).Done() },
        { "'w' has the number 256 among its UINT8", Tensor(2).Number(5, 256).Done() },
        { "'w' has the number -1 among its UINT8", Tensor(2).Number(5, ulong.MaxValue).Done() },
        { "'w' has the number 128 among its INT8", Tensor(3).Number(5, 128).Done() },
        { "'w' has the number 65536 among its FLOAT16", Tensor(10).Number(5, 65536).Done() },
        { "'w' has its elements in int64_data, where those of FLOAT stand in float_data", Tensor(1).Number(7, 1).Done() },
        { "'w' has elements in float_data and in int32_data", Tensor(1).Fixed(4, new byte[4]).Number(5, 1).Done() },
        { "'w' has elements in raw_data and in float_data", Tensor(1).Fixed(4, new byte[4]).Bytes(9, new byte[4]).Done() },
        { "'w' has a number of another kind", Tensor(1).Number(4, 1).Done() },
        { "'w' has a number at byte", Tensor(1).Bytes(4, [1, 2, 3]).Done() },
        { "'w' has something else than a text", Tensor(2).Number(9, 1).Done() },
        { "'w' has its data at the place number 2", Tensor(2).Number(14, 2).Done() },
        { "'w' has a number of more than 64 bits", Tensor(2).Raw(0x80, 1).Raw([.. Enumerable.Repeat((byte)0xff, 9)]).Raw(2).Done() },
        { "'w' has a number of more than 64 bits", Tensor(2).Raw(0x08).Raw([.. Enumerable.Repeat((byte)0xff, 20)]).Done() },
        { "'w' has a number at byte", Tensor(2).Raw(0x08, 0xff).Done() },
        { "'w' has a group at byte", Tensor(2).Raw(0x7b, 0x7c).Done() },
        { "'w' has a group at byte", Tensor(2).Raw(0x7c).Done() },
        { "'w' has a field of the unknown kind 7", Tensor(2).Raw(0x7f).Done() },
        { "'w' has a field of the number 0", Tensor(2).Raw(0x02, 0).Done() },
        { "'w' has a field of the number 536870912", Tensor(2).Raw(0x80, 0x80, 0x80, 0x80, 0x10, 0).Done() },
        { "that would take 9223372036854775807 bytes, where 0 are left", Tensor(2).Raw(0x4a).Raw(OnnxBytes.Packed(long.MaxValue)).Done() },
        { "that would take 18446744073709551615 bytes", Tensor(2).Raw(0x4a).Raw(OnnxBytes.Packed(-1)).Done() },
        { "has a text at byte", new OnnxBytes().Number(2, 2).Bytes(8, [0xff]).Done() },
        { "more than the 65536 that are allowed", OnnxBytes.Tensor(new string('x', 70_000), 2).Done() },
    };

    public static TheoryData<string, byte[]> Graphs => new()
    {
        { "has two tensors of the name 'w'", OnnxBytes.Model(OnnxBytes.Raw("w", 2, [1], 1), OnnxBytes.Raw("w", 2, [1], 1)) },
        {
            "has two tensors of the name 'w'",
            OnnxBytes.Model(
                new OnnxBytes().Bytes(1, OnnxBytes.Node("Constant", "w", OnnxBytes.Attribute("value_int").Number(3, 1).Done())),
                OnnxBytes.Raw("w", 2, [1], 1))
        },
        { "the constant 'c' has 0 values", OnnxBytes.Model(new OnnxBytes().Bytes(1, OnnxBytes.Node("Constant", "c"))) },
        {
            "the constant 'c' has 2 bytes, but is UINT8 [1]",
            OnnxBytes.Model(new OnnxBytes().Bytes(
                1, OnnxBytes.Node("Constant", "c", OnnxBytes.Attribute("value").Bytes(5, OnnxBytes.Raw("", 2, [1], 1, 2)).Done())))
        },
        { "has a constant without a name", OnnxBytes.Model(new OnnxBytes().Bytes(1, OnnxBytes.Node("Constant", null))) },
        { "the graph has a field at byte", new OnnxBytes().Bytes(7, [0x2a, 50]).Done() },
        { "more than 32 deep", OnnxBytes.Model(Nested(40)) },
        { "more than 32 deep", OnnxBytes.Model(Nested(5000)) },
        { "whose names would be longer than the file", OnnxBytes.Model(LongPrefix()) },
        {
            "elements of type sparse FLOAT in 's'",
            OnnxBytes.Model(new OnnxBytes().Bytes(
                15, new OnnxBytes().Bytes(1, OnnxBytes.Raw("s", 1, [1], 0, 0, 0, 0)).Number(3, 1L << 40).Done()))
        },
        { "'s' has the impossible sizes [-1]", OnnxBytes.Model(new OnnxBytes().Bytes(
            15, new OnnxBytes().Bytes(1, OnnxBytes.Raw("s", 1, [1], 0, 0, 0, 0)).Number(3, ulong.MaxValue).Done())) },
        { "it has two graphs", new OnnxBytes().Number(1, 8).Bytes(7, []).Bytes(7, []).Done() },
        { "it has no graph", new OnnxBytes().Number(1, 8).Text(2, "pytorch").Done() },
        { "is empty", [] },
        { "SafeTensors.Load", [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'] },
        { "TorchFile.Load", TorchZip.Zip([("m/data.pkl", [1])]) },
        { "web page", "<!DOCTYPE html><html>"u8.ToArray() },
    };

    public static TheoryData<string, string?, string[]> Locations => new()
    {
        { "is no file of the model's folder", "/etc/passwd", [] },
        { "is no file of the model's folder", "../secret.bin", [] },
        { "is no file of the model's folder", "sub/../../secret.bin", [] },
        { "is no file of the model's folder", "sub\\..\\..\\secret.bin", [] },
        { "is no file of the model's folder", "\\\\host\\share\\x", [] },
        { "is no file of the model's folder", "C:\\secret.bin", [] },
        { "is no file of the model's folder", "a\0b", [] },
        { "a link that leads out", "link.bin", [] },
        { "a link that leads out", "linked/secret.bin", [] },
        { "cannot be looked for: More than 40 links", "circle", [] },
        { "which is not there", "missing.bin", [] },
        { "which is not there", "nowhere/missing.bin", [] },
        { "is a folder", "sub", [] },
        { "does not say in which", null, [] },
        { "does not say in which", "", [] },
        { "from byte 4 of 'data.bin', which has 8", "data.bin", ["offset", "4"] },
        { "from byte 9223372036854775807 of", "data.bin", ["offset", "9223372036854775807"] },
        { "'9223372036854775808' for the offset", "data.bin", ["offset", "9223372036854775808"] },
        { "'-1' for the offset", "data.bin", ["offset", "-1"] },
        { "'' for the length", "data.bin", ["length", ""] },
        { "takes 8 bytes, but has 12 in 'data.bin'", "data.bin", ["length", "12"] },
        { "says the location of its data in another file twice", "data.bin", ["location", "data.bin"] },
    };

    [Theory]
    [MemberData(nameof(Tensors))]
    public void TensorsThatAreRefused(string problem, byte[] tensor) => RequireRefused(problem, OnnxBytes.Model(tensor));

    [Theory]
    [MemberData(nameof(Graphs))]
    public void ModelsThatAreRefused(string problem, byte[] model) => RequireRefused(problem, model);

    [Theory]
    [MemberData(nameof(Locations))]
    public void DataFilesThatAreRefused(string problem, string? location, string[] entry)
    {
        using var outside = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        outside.Write("secret.bin", new byte[8]);
        folder.Write("sub/inner.bin", new byte[8]);
        folder.Write("data.bin", new byte[8]);
        File.CreateSymbolicLink(folder["link.bin"], outside["secret.bin"]);
        Directory.CreateSymbolicLink(folder["linked"], outside.Path);
        File.CreateSymbolicLink(folder["circle"], folder["circle"]);
        var tensor = OnnxBytes.External("w", location, entry.Length > 0 ? [(entry[0], entry[1])] : []).Done();
        var path = folder.Write("x.onnx", OnnxBytes.Model(tensor));
        var error = Assert.Throws<CheckpointException>(() => OnnxFile.ReadWeights(path));
        Assert.Contains("the tensor 'w'", error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LinksWithinTheFolderAndThoseOfCachesAreFollowed()
    {
        using var folder = new TemporaryFolder();
        folder.Write("blobs/1", OnnxBytes.Model(OnnxBytes.External("w", "w.bin").Done()));
        folder.Write("blobs/2", TorchZip.Of(1f, 2));
        Directory.CreateDirectory(folder["snapshot"]);
        File.CreateSymbolicLink(folder["snapshot/x.onnx"], "../blobs/1");
        File.CreateSymbolicLink(folder["snapshot/w.bin"], "../blobs/2");
        Assert.Equal([1, 2], OnnxFile.ReadWeights(folder["snapshot/x.onnx"])["w"].ToArray<float>());
    }

    [Fact]
    public void ManyTensorsOfTheSameBytesAreRefused()
    {
        // Each of all the bytes of one file, but of other shapes.
        using var folder = new TemporaryFolder();
        folder.Write("w.bin", new byte[1 << 20]);
        var tensors = Enumerable.Range(0, 18).Select(i => OnnxBytes.Tensor($"w{i}", 2, 1 << i, 1 << (20 - i)).Number(14, 1)
            .Bytes(13, new OnnxBytes().Text(1, "location").Text(2, "w.bin").Done()).Done());
        var error = Assert.Throws<CheckpointException>(() => OnnxFile.ReadWeights(folder.Write("x.onnx", OnnxBytes.Model([.. tensors]))));
        Assert.Contains("the tensor 'w1' shares bytes of 'w.bin'", error.Message, StringComparison.Ordinal);
    }

    private static OnnxBytes Tensor(ulong type) => OnnxBytes.Tensor("w", type, 1);

    private static OnnxBytes Nested(int depth)
    {
        var graph = new OnnxBytes().Text(2, "innermost");
        for (var i = 0; i < depth; i++)
        {
            var node = OnnxBytes.Node("If", "y", OnnxBytes.Attribute("g").Bytes(6, graph.Done()).Done());
            graph = new OnnxBytes().Bytes(1, node);
        }

        return graph;
    }

    /// <summary>A name of 60,000 characters before those of a thousand tensors.</summary>
    private static OnnxBytes LongPrefix()
    {
        var graph = new OnnxBytes();
        for (var i = 0; i < 1000; i++)
        {
            graph.Bytes(5, OnnxBytes.Raw($"{i}", 2, [1], 1));
        }

        return new OnnxBytes().Bytes(
            1, OnnxBytes.Node("If", new string('y', 60_000), OnnxBytes.Attribute("g").Bytes(6, graph.Done()).Done()));
    }

    private static void RequireRefused(string problem, byte[] model)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.onnx", model);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<CheckpointException>(() => OnnxFile.ReadWeights(path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        Assert.Equal(path, error.File);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }
}
