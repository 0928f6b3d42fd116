using System.IO.Compression;
using System.Text;

namespace Brachy.Tests.Checkpoints;

/// <summary>Damaged and hostile checkpoints: always one kind of error, and never more memory than the file answers for.</summary>
public class TorchFileHostileTests
{
    private const string Float = "torch.FloatStorage";

    public static TheoryData<string, byte[]> Pickles => new()
    {
        { "refuses posix.system: a checkpoint may hold tensors and containers only", new PickleBytes().Global("posix", "system").Text("true").Raw(0x85).Op("R").Stop() },
        { "refuses builtins.eval", new PickleBytes(4).StackGlobal("builtins", "eval").Text("1").Raw(0x85).Op("R").Stop() },
        { "refuses builtins.getattr", new PickleBytes().Global("__builtin__", "getattr").Stop() },
        { "refuses torch.load", new PickleBytes().Global("torch", "load").Stop() },
        { "refuses torch._utils._rebuild_qtensor", new PickleBytes().Global("torch._utils", "_rebuild_qtensor").Stop() },
        { "refuses numpy.core.multiarray.scalar", new PickleBytes().Global("numpy.core.multiarray", "scalar").Stop() },
        { "refuses torch.complex64", new PickleBytes().Global("torch", "complex64").Stop() },
        { "torch.ComplexFloatStorage, whose element type Brachy does not have", new PickleBytes().Tensor("torch.ComplexFloatStorage", "0", 8, [8], [1]).Stop() },
        { "calls a tensor", new PickleBytes().Floats("0", 8).Op(")R").Stop() },
        { "calls torch.Tensor", new PickleBytes().Global("torch", "Tensor").Op(")R").Stop() },
        { "calls text", new PickleBytes().Text("os.system").Op(")R").Stop() },
        { "makes an object of torch.nn.parameter.Parameter", new PickleBytes().Global("torch.nn.parameter", "Parameter").Op(")").Raw(0x81).Stop() },
        { "sets the state of a list", new PickleBytes().Op("]}b").Stop() },
        { "sets the state of a tensor", new PickleBytes().Floats("0", 8).Op("}b").Stop() },
        { "calls collections.OrderedDict with arguments", new PickleBytes().Global("collections", "OrderedDict").Op("K\u0001\u0085R").Stop() },
        { "calls _codecs.encode with arguments", new PickleBytes().Global("_codecs", "encode").Text("a").Text("rot13").Raw(0x86).Op("R").Stop() },
        { "calls torch.Size with a list", new PickleBytes().Global("torch", "Size").Op("]R").Stop() },
        { "holds torch.Size as a value", new PickleBytes().Global("torch", "Size").Stop() },
        { "holds a bare storage", new PickleBytes().Storage(Float, "0", 8).Raw(0x85).Stop() },
        { "contains itself", new PickleBytes().Op("]q\0h\0a").Stop() },
        { "contains itself", new PickleBytes().Op("}q\0").Text("a").Op("](h\0N").Op("es").Stop() },
        { "nests more than 500", new PickleBytes().Op(new string(']', 501) + new string('a', 500)).Stop() },
        { "nests more than 500", new PickleBytes().Op(")" + new string('\u0085', 100_000)).Stop() },
        { "takes a value from an empty stack", new PickleBytes().Stop() },
        { "takes a value from an empty stack", new PickleBytes().Op("K\u0001(a").Stop() },
        { "appends to an integer", new PickleBytes().Op("K\u0001K\u0001a").Stop() },
        { "looks for a mark", new PickleBytes().Op("t").Stop() },
        { "values left over", new PickleBytes().Op("NN").Stop() },
        { "values left over", new PickleBytes().Op("(N").Stop() },
        { "recalls value 7", new PickleBytes().Op("h\u0007").Stop() },
        { "recalls value 4294967295", new PickleBytes().Op("j\u00ff\u00ff\u00ff\u00ff").Stop() },
        { "takes a value from an empty stack", new PickleBytes().Op("r\u00ff\u00ff\u00ff\u00ff").Stop() },
        { "sets 1 keys", new PickleBytes().Op("}(Nu").Stop() },
        { "with None as key", new PickleBytes().Op("}NNs").Stop() },
        { "key 'a' twice", new PickleBytes().Op("}(").Text("a").Op("N").Text("a").Op("Nu").Stop() },
        { "protocol 0", new PickleBytes(0).Op("N").Stop() },
        { "protocol 6", new PickleBytes(6).Op("N").Stop() },
        { "protocol 2", new PickleBytes().Raw(0x80, 2).Op("N").Stop() },
        { "opcode 0x69", new PickleBytes().Op("(i__builtin__\neval\n").Stop() },
        { "opcode 0x6f", new PickleBytes().Op("(o").Stop() },
        { "opcode 0x82", new PickleBytes().Raw(0x82, 1).Stop() },
        { "opcode 0x92", new PickleBytes().Op(")})").Raw(0x92).Stop() },
        { "opcode 0x96", new PickleBytes().Raw(0x96, 0, 0, 0, 0, 0, 0, 0, 0).Stop() },
        { "needs 4294967295 bytes", new PickleBytes().Raw((byte)'X', 255, 255, 255, 255).Stop() },
        { "needs 18446744073709551615 bytes", new PickleBytes().Raw(0x8d, 255, 255, 255, 255, 255, 255, 255, 255).Stop() },
        { "needs 9223372036854775807 bytes", new PickleBytes().Raw(0x8e, 255, 255, 255, 255, 255, 255, 255, 127).Stop() },
        { "an integer of 2000 bytes", new PickleBytes().Raw(0x8b, 0xd0, 7, 0, 0).Raw(new byte[2000]).Stop() },
        { "needs 1 bytes", new PickleBytes().Op("N").Stop()[..^1] },
        { "a frame of 4096", new PickleBytes(4).Raw(0x95, 0, 16, 0, 0, 0, 0, 0, 0).Op("N").Stop() },
        { "name without end", new PickleBytes().Op("cos").Stop() },
        { "not UTF-8", new PickleBytes().Raw((byte)'U', 1, 0xff).Stop() },
        { "not one to a storage", new PickleBytes().Op("K\u0001Q").Stop() },
        { "not one to a storage", new PickleBytes().Op("(").Text("module").Op("NNNNtQ").Stop() },
        { "names torch.Size as the class of a storage", new PickleBytes().Storage("torch.Size", "0", 4).Stop() },
        { "the storage '9', which the archive does not hold", new PickleBytes().Floats("9", 4).Stop() },
        { "the storage '../version'", new PickleBytes().Floats("../version", 4).Stop() },
        { "5 elements of float32, but it has 32 bytes", new PickleBytes().Floats("0", 5).Stop() },
        { "-8 elements", new PickleBytes().Tensor(Float, "0", -8, [1], [1]).Stop() },
        { "9223372036854775807 elements", new PickleBytes().Tensor(Float, "0", long.MaxValue, [1], [1]).Stop() },
        { "two element types", new PickleBytes().Op("(").Tensor(Float, "0", 8, [8], [1]).Tensor("torch.IntStorage", "0", 8, [8], [1]).Op("t").Stop() },
        { "reads element 8 of a storage of 8", new PickleBytes().Tensor(Float, "0", 8, [9], [1]).Stop() },
        { "reads element 8 of", new PickleBytes().Tensor(Float, "0", 8, [8], [1], offset: 1).Stop() },
        { "reads element 14 of", new PickleBytes().Tensor(Float, "0", 8, [2, 2], [7, 7]).Stop() },
        { "reads element 9223372036854775807 of", new PickleBytes().Tensor(Float, "0", 8, [1], [1], offset: long.MaxValue).Stop() },
        { "reads element 18446744073709551614 of", new PickleBytes().Tensor(Float, "0", 8, [2, 2], [long.MaxValue, long.MaxValue]).Stop() },
        { "negative number", new PickleBytes().Tensor(Float, "0", 8, [-1], [1]).Stop() },
        { "negative number", new PickleBytes().Tensor(Float, "0", 8, [8], [-1], offset: 7).Stop() },
        { "negative number", new PickleBytes().Tensor(Float, "0", 8, [8], [1], offset: -1).Stop() },
        { "impossible sizes", new PickleBytes().Tensor(Float, "0", 8, [1L << 32, 1L << 32], [0, 0]).Stop() },
        { "impossible sizes", new PickleBytes().Tensor(Float, "0", 8, [0, long.MaxValue, long.MaxValue], [0, 0, 0]).Stop() },
        { "is expanded to", new PickleBytes().Tensor(Float, "0", 8, [1L << 40], [0]).Stop() },
        { "1 sizes and 2 strides", new PickleBytes().Tensor(Float, "0", 8, [8], [1, 1]).Stop() },
        { "65 sizes", new PickleBytes().Tensor(Float, "0", 8, [.. Enumerable.Repeat(1L, 65)], [.. Enumerable.Repeat(1L, 65)]).Stop() },
        { "something else than a storage", new PickleBytes().Global("torch._utils", "_rebuild_tensor").Op("(NK\0))tR").Stop() },
    };

    [Theory]
    [MemberData(nameof(Pickles))]
    public void PicklesThatAreRefused(string problem, byte[] pickle)
    {
        var error = TorchZip.Refused(TorchZip.Bytes(pickle, ("0", new byte[32])));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("data.pkl", error.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void AMemoBombStaysSmall()
    {
        // Sixty lists that each hold the one before twice: 2^60 values, were they copied.
        var pickle = new PickleBytes().Op("](K\u0001e");
        for (byte i = 0; i < 60; i++)
        {
            pickle.Raw((byte)'q', i, (byte)'0', (byte)']', (byte)'(', (byte)'h', i, (byte)'h', i, (byte)'e');
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var value = TorchZip.Load(TorchZip.Bytes(pickle.Stop()));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        Assert.Same(value[0][0][1], value[1][1][0]);
    }

    public static TheoryData<string, byte[]> Files => new()
    {
        { "is empty", [] },
        { "is no zip archive", Encoding.ASCII.GetBytes("hello, this is text") },
        { "before 1.6", [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'] },
        { "bare pickle", new PickleBytes().Op("N").Stop() },
        { "safetensors", [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'] },
        { "no end record", [(byte)'P', (byte)'K', 3, 4, .. new byte[100]] },
        { "has no data.pkl", TorchZip.Zip([("a/b", [1])]) },
        { "several data.pkl", TorchZip.Zip([("a/data.pkl", [1]), ("b/data.pkl", [1])]) },
        { "TorchScript", TorchZip.Zip([("m/data.pkl", [1]), ("m/constants.pkl", [1])]) },
        { "TorchScript", TorchZip.Zip([("m/data.pkl", [1]), ("m/code/__torch__.py", [1])]) },
        { "byte order 'big'", TorchZip.Zip([("m/data.pkl", new PickleBytes().Op("N").Stop()), ("m/byteorder", "big"u8.ToArray())]) },
        { "compressed", TorchZip.Zip([("m/data.pkl", new byte[100_000])], CompressionLevel.SmallestSize) },
        { "two entries of the name", TorchZip.Zip([("m/data.pkl", [1]), ("m/data.pkl", [1])]) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void FilesThatAreRefused(string problem, byte[] file) => Assert.Contains(problem, TorchZip.Refused(file).Message, StringComparison.Ordinal);

    [Fact]
    public void EntriesThatShareTheirBytesAreRefused()
    {
        // Both entries of the directory say that they begin where the first does.
        var file = TorchZip.Zip([("m/a", new byte[64]), ("m/b", new byte[64])]);
        var text = Encoding.Latin1.GetString(file);
        var second = text.LastIndexOf("PK\u0001\u0002", StringComparison.Ordinal);
        Encoding.Latin1.GetBytes("m/a").CopyTo(file, second + 46);
        new byte[4].CopyTo(file, second + 42);
        Assert.Contains("two entries", TorchZip.Refused(file).Message, StringComparison.Ordinal);
        var first = text.IndexOf("PK\u0001\u0002", StringComparison.Ordinal);
        file[first + 48] = (byte)'c';
        Assert.Contains("'m/c' does not stand at byte 0", TorchZip.Refused(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NamesThatLeadElsewhereAreOnlyNames()
    {
        var pickle = new PickleBytes().Floats("0", 1).Stop();
        var file = TorchZip.Zip([("../data.pkl", pickle), ("../data/0", TorchZip.Of(4f)), ("/etc/passwd", [1]), ("../../x", [2])]);
        Assert.Equal(4, TorchZip.Load(file).As<Tensor>().item<float>());
    }

    [Fact]
    public void AMissingFileIsNotFound() => Assert.Throws<FileNotFoundException>(() => TorchFile.Load("/nowhere.pt"[1..]));

    /// <summary>Flips, cuts and lies at random places: the file is read, or refused by one kind of error.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomDamage(int seed)
    {
        const string type = "torch.FloatStorage";
        var pickle = new PickleBytes().OrderedDict().Op("q\u0001(")
            .Text("a").Tensor(type, "0", 6, [2, 3], [3, 1]).Text("b").Tensor(type, "0", 6, [3], [2], offset: 1)
            .Text("c").Tensor("torch.LongStorage", "1", 2, [2], [1]).Text("d").Op("](K\u0001h\u0001").Op("0Ne").Op("u}").Text("_metadata").Op("}sb").Stop();
        var sound = TorchZip.Bytes(pickle, ("0", TorchZip.Of(0f, 1, 2, 3, 4, 5)), ("1", TorchZip.Of(6L, 7)));
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var (read, refused, largest) = (0, 0, 0L);
        for (var i = 0; i < 1000; i++)
        {
            using var scope = TensorScope.Begin();
            var path = folder.Write("x.pt", Damage(sound, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Touch(TorchFile.Load(path), sound.Length);
                read++;
            }
            catch (CheckpointException e)
            {
                Assert.Equal(path, e.File);
                refused++;
            }

            largest = Math.Max(largest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(read > 50 && refused > 150, $"{read} were read, {refused} refused");
        Assert.InRange(largest, 1, 1 << 20);
    }

    private static byte[] Damage(byte[] sound, Random random)
    {
        var file = (byte[])sound.Clone();
        switch (random.Next(4))
        {
            case 0:
                file[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                return file;
            case 1:
                return file[..random.Next(file.Length)];
            case 2:
                var at = random.Next(file.Length - 8);
                (random.Next(2) == 0 ? [255, 255, 255, 255, 255, 255, 255, (byte)random.Next(256)] : BitConverter.GetBytes(random.NextInt64() >> random.Next(64)))
                    .AsSpan(0, 1 << random.Next(4)).CopyTo(file.AsSpan(at));
                return file;
            default:
                for (var n = random.Next(1, 6); n > 0; n--)
                {
                    file[random.Next(file.Length)] = (byte)random.Next(256);
                }

                return file;
        }
    }

    /// <summary>Reads every element: memory outside of the storages would be seen here.</summary>
    private static void Touch(TorchValue value, int length)
    {
        switch (value.Value)
        {
            case Tensor tensor:
                Assert.True(tensor.numel() * tensor.dtype.ItemSize() <= Math.Max(length, 1 << 24));
                _ = tensor.to(DType.Float64).sum().item<double>();
                break;
            case IReadOnlyDictionary<string, TorchValue> entries:
                Assert.All(entries.Values, v => Touch(v, length));
                break;
            case IReadOnlyList<TorchValue> items:
                Assert.All(items, v => Touch(v, length));
                break;
            default:
                break;
        }
    }
}
