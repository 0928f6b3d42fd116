using System.IO.Compression;
using System.Text;
using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Damaged and hostile checkpoints: always one kind of error, and never more memory than the file answers for.</summary>
public class TorchFileHostileTests
{
    private const string Float = "torch.FloatStorage";

    public static TheoryData<string, byte[]> Pickles => new()
    {
        { "8 elements of complex64, but it has 32 bytes", new PickleBytes().Tensor("torch.ComplexFloatStorage", "0", 8, [8], [1]).Stop() },
        { "calls a tensor", new PickleBytes().Floats("0", 8).Op(")R").Stop() },
        { "calls text", new PickleBytes().Text("os.system").Op(")R").Stop() },
        { "calls a function with a list", new PickleBytes().Global("torch", "Size").Op("]R").Stop() },
        { "calls a tuple", new PickleBytes().Op("))}").Raw(0x92).Stop() },
        { "makes an object of nothing", new PickleBytes().Op("(o").Stop() },
        { "sets the state of None", new PickleBytes().Op("N}b").Stop() },
        { "refers to something outside", new PickleBytes().Op("P1\n").Stop() },
        { "a class or function with 600 characters", new PickleBytes().Global(new string('a', 300), new string('b', 300)).Stop() },
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
        { "the key 'a' twice", new PickleBytes().Op("}(").Text("a").Op("N").Text("a").Op("Nu").Stop() },
        { "the key 1.0 twice", new PickleBytes().Op("}(K\u0001N").Raw((byte)'G', 0x3f, 0xf0, 0, 0, 0, 0, 0, 0).Op("Nu").Stop() },
        { "0x01 where an opcode belongs", new PickleBytes().Raw(1).Stop() },
        { "not UTF-8", new PickleBytes().Raw((byte)'X', 1, 0, 0, 0, 0xff).Stop() },
        { "a whole number that is none", new PickleBytes().Op("I1x\n").Stop() },
        { "a number that is none", new PickleBytes().Op("Fx\n").Stop() },
        { "a string without quotes", new PickleBytes().Op("Sx\n").Stop() },
        { "not one to a storage", new PickleBytes().Op("(").Text("storage").Op("NNNNtQ").Stop() },
        { "begins at element -1", new PickleBytes().Tensor(Float, "0", 8, [8], [1], offset: -1).Stop() },
        { "an impossible part of the storage", new PickleBytes().Op("(").Text("storage").Global("torch", "FloatStorage").Text("0")
            .Text("cpu").Int(8).Op("(").Text("v").Int(7).Int(2).Op("ttQ").Stop() },
        { "the key 'b' twice", new PickleBytes().Op("}(").Text("b").Op("N").Text("b").Op("Nu").Stop() },
        { "protocol 6", new PickleBytes(6).Op("N").Stop() },
        { "protocol 2", new PickleBytes().Raw(0x80, 2).Op("N").Stop() },
        { "needs 4294967295 bytes", new PickleBytes().Raw((byte)'X', 255, 255, 255, 255).Stop() },
        { "needs 18446744073709551615 bytes", new PickleBytes().Raw(0x8d, 255, 255, 255, 255, 255, 255, 255, 255).Stop() },
        { "needs 9223372036854775807 bytes", new PickleBytes().Raw(0x8e, 255, 255, 255, 255, 255, 255, 255, 127).Stop() },
        { "needs 1 bytes", new PickleBytes().Op("N").Stop()[..^1] },
        { "a frame of 4096", new PickleBytes(4).Raw(0x95, 0, 16, 0, 0, 0, 0, 0, 0).Op("N").Stop() },
        { "name without end", new PickleBytes().Op("cos").Stop() },
        { "names torch.Size as the class of a storage", new PickleBytes().Storage("torch.Size", "0", 4).Stop() },
        { "the storage '9', which the archive does not hold", new PickleBytes().Floats("9", 4).Stop() },
        { "the storage '../version'", new PickleBytes().Floats("../version", 4).Stop() },
        { "5 elements of float32, but it has 32 bytes", new PickleBytes().Floats("0", 5).Stop() },
        { "-8 elements", new PickleBytes().Tensor(Float, "0", -8, [1], [1]).Stop() },
        { "9223372036854775807 elements", new PickleBytes().Tensor(Float, "0", long.MaxValue, [1], [1]).Stop() },
        { "reads element 8 of a storage of 8", new PickleBytes().Tensor(Float, "0", 8, [9], [1]).Stop() },
        { "reads element 8 of", new PickleBytes().Tensor(Float, "0", 8, [8], [1], offset: 1).Stop() },
        { "reads element 14 of", new PickleBytes().Tensor(Float, "0", 8, [2, 2], [7, 7]).Stop() },
        { "reads element 9223372036854775807 of", new PickleBytes().Tensor(Float, "0", 8, [1], [1], offset: long.MaxValue).Stop() },
        { "reads element 18446744073709551614 of", new PickleBytes().Tensor(Float, "0", 8, [2, 2], [long.MaxValue, long.MaxValue]).Stop() },
        { "negative number", new PickleBytes().Tensor(Float, "0", 8, [-1], [1]).Stop() },
        { "negative number", new PickleBytes().Tensor(Float, "0", 8, [8], [-1], offset: 7).Stop() },
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

    /// <summary>Small pickles that recall one long value again and again, to have it copied each time.</summary>
    public static TheoryData<string, byte[]> Bombs
    {
        get
        {
            const int Length = 20_000;
            var calls = string.Concat(Enumerable.Repeat("h\u0001h\u0002\u0085R", 5000));
            var latin = string.Concat(Enumerable.Repeat("h\u0001h\u0002h\u0003\u0086R", 5000));
            var pairs = new PickleBytes().Op("(").Global("collections", "OrderedDict").Op("q\u0001](");
            for (var i = 0; i < Length / 4; i++)
            {
                pairs.Op("(").Int(i).Op("K\u0001t");
            }

            // An array that is longer than the file, of one text of bytes.
            var arrays = new PickleBytes().Op("(").Global("numpy.core.multiarray", "_reconstruct").Op("q\u0001").Global("numpy", "ndarray")
                .Op("(K\0tK\0\u0087q\u0002")
                .Raw((byte)'B', 0x20, 0x4e, 0, 0).Raw(new byte[Length]).Op("q\u0003")
                .Global("numpy", "dtype").Text("S1").Raw(0x85).Op("Rq\u0004(K\u0001(M").Raw(0x20, 0x4e).Op("th\u0004").Raw(0x89)
                .Op("h\u0003tq\u0005")
                .Op(string.Concat(Enumerable.Repeat("h\u0001h\u0002Rh\u0005b", 5000))).Op("t").Stop();
            return new()
            {
                { "copies", new PickleBytes().Op("(").Global("_codecs", "encode").Op("q\u0001").Text(new string('x', Length)).Op("q\u0002")
                    .Text("latin1").Op("q\u0003").Op(latin).Op("t").Stop() },
                { "copies", pairs.Op("eq\u0002").Op(calls).Op("t").Stop() },
                { "arrays of NumPy", arrays },
                {
                    "copies", new PickleBytes().Op("(").Global("numpy.core.multiarray", "scalar").Op("q\u0001").Global("numpy", "dtype")
                        .Text("S20000").Raw(0x85).Op("Rq\u0002").Text(new string('x', Length)).Op("q\u0003")
                        .Op(string.Concat(Enumerable.Repeat("h\u0001h\u0002h\u0003\u0086R", 5000))).Op("t").Stop()
                },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Bombs))]
    public void WhatIsRecalledIsNotCopiedForever(string problem, byte[] pickle)
    {
        var file = TorchZip.Bytes(pickle);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains(problem, TorchZip.Refused(file).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300L * file.Length);
    }

    [Fact]
    public void ADeflatedPickleIsNotMuchLongerThanTheFile()
    {
        var dictionaries = Enumerable.Repeat((byte)'}', 1_000_000).ToArray();
        Assert.Contains(
            "too many", TorchZip.Refused(TorchZip.Zip([("m/data.pkl", dictionaries)], CompressionLevel.SmallestSize)).Message,
            StringComparison.Ordinal);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("values left over", TorchZip.Refused(TorchZip.Zip(
            [("m/data.pkl", [.. dictionaries[..250_000], (byte)'.'])], CompressionLevel.SmallestSize)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 26);
    }

    [Fact]
    public void KeysThatAreMadeToCollideAreToldApart()
    {
        // Tuples that begin alike, differ deep inside, or hold a long text again and again: quadratic, were they compared one by one.
        var pickle = new PickleBytes().Text(new string('x', 100_000)).Op("q\0" + "0}(");
        for (var i = 0; i < 20_000; i++)
        {
            byte[] number = [(byte)'M', (byte)i, (byte)(i >> 8)];
            pickle.Op("(K\u0001K\u0002K\u0003K\u0004K\u0005K\u0006K\u0007K\u0008K\u0009").Raw(number).Op("tN")
                .Raw(number).Op("\u0085\u0085\u0085\u0085\u0085\u0085N").Op("h\0").Raw(number).Op("\u0086N");
        }

        Assert.Equal(60_000, TorchZip.Load(TorchZip.Bytes(pickle.Op("u").Stop())).Pairs.Count);
    }

    /// <summary>Opcodes in any order, with the names of functions that are known: a value, or one kind of error.</summary>
    [Fact]
    public void RandomPickles()
    {
        string[] names =
        [
            "torch._utils\n_rebuild_tensor_v2", "torch._utils\n_rebuild_tensor_v3", "torch._utils\n_rebuild_parameter",
            "torch._tensor\n_rebuild_from_type_v2", "torch\nFloatStorage", "torch\nfloat32",
            "collections\nOrderedDict", "collections\ndefaultdict", "collections\ndeque", "builtins\nset", "builtins\ncomplex",
            "builtins\ngetattr", "builtins\nbytearray", "_codecs\nencode", "copyreg\n_reconstructor",
            "copyreg\n__newobj__", "numpy.core.multiarray\nscalar", "numpy.core.multiarray\n_reconstruct",
            "numpy.core.numeric\n_frombuffer", "numpy\ndtype", "torch\ndevice", "torch\nSize", "a\nB",
        ];
        string[] atoms =
        [
            "N", "K\u0001", "K\u0000", "\u0088", "X\u0001\0\0\0a", "X\u0002\0\0\0f4", "X\u0006\0\0\0latin1", "C\u0004abcd",
            "G\u003f\u00f0\0\0\0\0\0\0", ")", "]", "}"
        ];
        string[] steps =
        [
            "(", "(", "t", "l", "d", "a", "e", "s", "u", "0", "1", "2", "R", "R", "R", "b", "b", "o", "\u0081", "\u0085", "\u0086",
            "\u0087", "\u0090", "\u0091", "\u0092", "\u008f", "Q"
        ];
        var random = new Random(7);
        var (read, refused) = (0, 0);
        for (var i = 0; i < 6000; i++)
        {
            var text = new StringBuilder("(");
            for (var n = random.Next(1, 40); n > 0; n--)
            {
                text.Append(random.Next(7) switch
                {
                    0 => $"c{names[random.Next(names.Length)]}\n",
                    1 or 2 => atoms[random.Next(atoms.Length)],
                    3 => $"q{(char)random.Next(3)}",
                    4 => $"h{(char)random.Next(3)}",
                    5 when random.Next(4) == 0 => Text(new PickleBytes().Floats("0", 2, 2)),
                    _ => steps[random.Next(steps.Length)],
                });
            }

            using var scope = TensorScope.Begin();
            var file = TorchZip.Bytes(new PickleBytes().Op(text.Append('l').ToString()).Stop(), ("0", TorchZip.Of(1f, 2, 3, 4)));
            if (Record.Exception(() => Touch(TorchZip.Load(file), file.Length)) is { } error)
            {
                Assert.True(error is CheckpointException, $"{error} of {text}");
                refused++;
            }
            else
            {
                read++;
            }
        }

        Assert.True(read > 200 && refused > 200, $"{read} were read, {refused} refused");

        static string Text(PickleBytes bytes) => Encoding.Latin1.GetString(bytes.Stop()[2..^1]);
    }

    [Fact]
    public void ValuesThatHoldThemselvesShowThemselves()
    {
        var list = TorchZip.Load(TorchZip.Bytes(new PickleBytes().Op("]q\0h\0a").Stop()));
        Assert.Same(list, list[0][0][0]);
        Assert.Equal("a list of 1", list.ToString());

        var item = TorchZip.Load(
            TorchZip.Bytes(new PickleBytes().Global("a", "B").Op(")").Raw(0x81).Op("q\0}").Text("me").Op("h\0sb").Stop()));
        Assert.Same(item.Value, item["me"]["me"].Value);
        Assert.StartsWith("a.B() {'me': a.B() {'me':", item.ToString(), StringComparison.Ordinal);
        Assert.True(item.ToString().Length <= 200);
        Assert.False(item.Equals(list));

        // Modules below themselves have no end.
        var module = TorchZip.Load(TorchZip.Bytes(new PickleBytes().Global("m", "N").Op(")").Raw(0x81).Op("q\0}(")
            .Text("_parameters").Op("}").Text("_buffers").Op("}").Text("_modules").Op("}(").Text("a").Op("h\0").Text("b").Op("h\0uub")
            .Stop()));
        Assert.Contains("500 levels", Assert.Throws<InvalidCastException>(module.ToStateDict).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModuleAtMorePlacesThanAnyMemoryHasNamesForIsRefused()
    {
        // Forty modules, each twice in the next.
        var pickle = new PickleBytes().Global("m", "N").Op("q\u00ff0");
        for (byte i = 0; i < 40; i++)
        {
            pickle.Raw((byte)'h', 255).Op(")").Raw(0x81).Op("}(").Text("_parameters").Op("}").Text("_modules").Op("}");
            pickle = i == 0
                ? pickle.Op("ub")
                : pickle.Op("(").Text("a").Raw((byte)'h', (byte)(i - 1)).Text("b").Raw((byte)'h', (byte)(i - 1)).Op("uub");
            pickle.Raw((byte)'q', i).Op(i < 39 ? "0" : "");
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        var module = TorchZip.Load(TorchZip.Bytes(pickle.Stop()));
        Assert.Contains("100000 places", Assert.Throws<InvalidCastException>(module.ToStateDict).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 28);
    }

    [Fact]
    public void DeepNestsOfObjectsAreRefusedWithoutAStackOverflow()
    {
        RefusedAsNest(new PickleBytes().Op(new string(']', 1001) + new string('a', 1000)).Stop());
        RefusedAsNest(new PickleBytes().Op(")" + new string('\u0085', 100_000)).Stop());
        RefusedAsNest(new PickleBytes().Global("a", "B").Op(string.Concat(Enumerable.Repeat(")R", 100_000))).Stop());
        RefusedAsNest(Nested(arguments => arguments.Op("q\u0001" + "0ca\nB\nh\u0001R\u0085")));
        RefusedAsNest(Nested(state => state.Op("q\u0001" + "0ca\nB\n)\u0081h\u0001b\u0085")));
        RefusedAsNest(Nested(types => types.Op(
            "q\u0001" + "0ctorch._tensor\n_rebuild_from_type_v2\nq\u0002" + "0(h\u0002Nh\u0001Ntq\u0001" + "0h\u0002h\u0001R\u0085")));

        static void RefusedAsNest(byte[] pickle) =>
            Assert.Contains("nests more than 1000", TorchZip.Refused(TorchZip.Bytes(pickle)).Message, StringComparison.Ordinal);

        static byte[] Nested(Action<PickleBytes> next)
        {
            var pickle = new PickleBytes().Op(")");
            for (var i = 0; i < 100_000; i++)
            {
                next(pickle);
            }

            return pickle.Stop();
        }
    }

    public static TheoryData<string, byte[]> Files => new()
    {
        { "is empty", [] },
        { "is text that begins with 'hello, this is text'", Encoding.ASCII.GetBytes("hello, this is text") },
        {
            "the version at byte 15 needs 1 bytes",
            [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']
        },
        { "bare pickle", new PickleBytes().Op("N").Stop() },
        { "SafeTensors.Load", [2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'] },
        { "gzip", [0x1f, 0x8b, 8, 0] },
        { "bzip2", "BZh91AY"u8.ToArray() },
        { "xz", [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0] },
        { "zstd", [0x28, 0xb5, 0x2f, 0xfd, 0] },
        { "7z", [(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c] },
        { "web page", "\n<!DOCTYPE html><html>"u8.ToArray() },
        { "git lfs pull", "version https://git-lfs.github.com/spec/v1\noid sha256:0"u8.ToArray() },
        { "is JSON", "{\"error\": \"Repository not found\"}"u8.ToArray() },
        { "GGUF", "GGUF\u0003\0\0\0"u8.ToArray() },
        { "HDF5", [0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10] },
        { ".npy array", [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0] },
        { "TensorFlow Lite", [28, 0, 0, 0, (byte)'T', (byte)'F', (byte)'L', (byte)'3'] },
        { "ONNX", [8, 7, 0x12, 7, (byte)'p', (byte)'y'] },
        { "is a tar archive", [.. new byte[257], .. "ustar\0"u8.ToArray(), .. new byte[249]] },
        { "before 0.1.10", [.. "sys_info\0"u8.ToArray(), .. new byte[503]] },
        { "index of a TensorFlow checkpoint", [.. new byte[48], 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb] },
        { "is no file that PyTorch writes", [1, 2, 3, 4, 5, 200, 201] },
        { "is an empty zip archive", TorchZip.Zip([]) },
        { "no end record", [(byte)'P', (byte)'K', 3, 4, .. new byte[100]] },
        { "has no data.pkl; it has a/b", TorchZip.Zip([("a/b", [1])]) },
        { ".npz", TorchZip.Zip([("a.npy", [1])]) },
        { "torch.export", TorchZip.Zip([("m/serialized_exported_program.json", [1])]) },
        { "torch.package", TorchZip.Zip([("m/.data/extern_modules", [1])]) },
        { "lies in no folder", TorchZip.Zip([("data.pkl", [1])]) },
        { "several data.pkl", TorchZip.Zip([("a/data.pkl", [1]), ("b/data.pkl", [1])]) },
        { "could be read in two ways", TorchZip.Zip(
            [("m/data.pkl", new PickleBytes().Op("N").Stop()), ("m/byteorder", "big"u8.ToArray())]) },
        { "the byte order 'middle', which is none", TorchZip.Zip(
            [("m/data.pkl", new PickleBytes().Op("N").Stop()), ("m/byteorder", "middle"u8.ToArray())]) },
        { "too many", TorchZip.Zip([("m/data.pkl", new byte[3_000_000])], CompressionLevel.SmallestSize) },
        { "times its own length", TorchZip.Zip([("m/data.pkl", [1]), ("m/data/0", new byte[30_000_000])], CompressionLevel.SmallestSize) },
        { "two entries of the name", TorchZip.Zip([("m/data.pkl", [1]), ("m/data.pkl", [1])]) },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void FilesThatAreRefused(string problem, byte[] file) =>
        Assert.Contains(problem, TorchZip.Refused(file).Message, StringComparison.Ordinal);

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

    public static TheoryData<string> Sound =>
    [
        "own", "ck_full.pt", "ck_np_objarray.pt", "ck_np_array.pt", "ck_yolo_like.pt", "whole_module.pt", "deflated.pt", "legacy_ckpt.pt",
        "legacy_views.pt", "torchscript.pt", "sparse_csr.pt",
        "dtype_mixed_with_complex.pt", "ck_selfref.pt",
    ];

    /// <summary>Flips, cuts and lies at random places: the file is read, or refused by one kind of error.</summary>
    [Theory]
    [MemberData(nameof(Sound))]
    public void RandomDamage(string name)
    {
        const string Type = "torch.FloatStorage";
        var pickle = new PickleBytes().OrderedDict().Op("q\u0001(")
            .Text("a").Tensor(Type, "0", 6, [2, 3], [3, 1]).Text("b").Tensor(Type, "0", 6, [3], [2], offset: 1)
            .Text("c").Tensor("torch.LongStorage", "1", 2, [2], [1]).Text("d").Op("](K\u0001h\u0001").Op("0Ne").Op("u}").Text("_metadata")
            .Op("}sb").Stop();
        var sound = name == "own"
            ? TorchZip.Bytes(pickle, ("0", TorchZip.Of(0f, 1, 2, 3, 4, 5)), ("1", TorchZip.Of(6L, 7)))
            : File.ReadAllBytes(Path.Combine(Manifest.Folder("PyTorch"), name));
        using var folder = new TemporaryFolder();
        var random = new Random(name.Sum(c => c));
        var (read, refused, largest) = (0, 0, 0L);
        for (var i = 0; i < (name == "own" ? 2000 : 400); i++)
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

        Assert.True(read > 20 && refused > 60, $"{read} were read, {refused} refused");
        Assert.InRange(largest, 1, 1 << 22);
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
                (random.Next(2) == 0
                    ? [255, 255, 255, 255, 255, 255, 255, (byte)random.Next(256)]
                    : BitConverter.GetBytes(random.NextInt64() >> random.Next(64)))
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

    /// <summary>
    /// Reads every element, where memory outside of the storages would be seen, and asks every value for all that it can say.
    /// </summary>
    private static void Touch(TorchValue root, int length)
    {
        var seen = new HashSet<TorchValue> { root };
        var open = new Stack<TorchValue>([root]);
        while (open.TryPop(out var value))
        {
            Assert.True(value.Value is string || value.ToString().Length < 1000);
            switch (value.Value)
            {
                case Tensor tensor:
                    Assert.True(tensor.numel() * tensor.dtype.ItemSize() <= Math.Max(length, 1 << 24));
                    _ = tensor.to(DType.Float64).sum().item<double>();
                    break;
                case ComplexTensor tensor:
                    _ = tensor.Pairs.to(DType.Float64).sum().item<double>();
                    break;
                case TorchObject item:
                    Push(item.Arguments);
                    Push(value.Items);
                    Push(value.Entries.Values);
                    Push(item.State is null ? [] : [item.State]);
                    break;
                case IReadOnlyDictionary<string, TorchValue> entries:
                    Push(entries.Values);
                    Push(value.Pairs.Select(p => p.Key));
                    break;
                case IReadOnlyList<TorchValue> items:
                    Push(items);
                    break;
                default:
                    break;
            }

            if (value.Value is TorchObject or IReadOnlyDictionary<string, TorchValue>
                && Record.Exception(() => value.ToStateDict()) is { } error)
            {
                Assert.IsType<InvalidCastException>(error);
            }
        }

        void Push(IEnumerable<TorchValue> values)
        {
            foreach (var value in values.Where(seen.Add))
            {
                open.Push(value);
            }
        }
    }
}
