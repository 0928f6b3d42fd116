using System.Numerics;
using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Objects, keys, tensors and archives that PyTorch 1.13 does not write, but other versions, put together by hand.</summary>
public class TorchFileValueTests
{
    private const string Float = "torch.FloatStorage";

    [Fact]
    public void NothingIsRunAndUnknownObjectsSayWhatTheyAre()
    {
        var value = Load(new PickleBytes(4).Op("}(")
            .Text("call").Global("posix", "system").Text("true").Raw(0x85).Op("R")
            .Text("new").StackGlobal("a.b", "C").Op("K\u0001\u0085").Raw(0x81).Op("}").Text("lr")
            .Raw((byte)'G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0).Op("sb")
            .Text("named").Global("a", "D").Op(")}").Text("k").Int(2).Op("s").Raw(0x92)
            .Text("name").Global("torch.nn.functional", "relu")
            .Text("of call").Global("a", "f").Op(")R").Int(3).Raw(0x85).Op("R")
            .Text("list").Global("a", "L").Op(")").Raw(0x81).Op("(K\u0007K\u0008e")
            .Text("dict").Global("a", "D").Op(")").Raw(0x81).Op("(").Text("x").Int(5).Int(6).Int(7).Op("u}").Text("y").Int(8).Op("sb")
            .Text("slots").Global("a", "S").Op(")").Raw(0x81).Op("N}").Text("a").Int(1).Op("s").Raw(0x86).Op("b")
            .Text("member").Global("builtins", "getattr").Global("m", "Color").Text("RED").Raw(0x86).Op("R")
            .Text("old").Op("(K\u0001im\nOld\n").Text("older").Op("(").Global("m", "Older").Op("K\u0002o")
            .Text("made").Global("copyreg", "_reconstructor").Op("(").Global("m", "P").Global("builtins", "object").Op("NtR}").Text("z")
            .Int(9).Op("sb")
            .Text("extension").Raw(0x82, 5).Text("outside").Int(4).Op("Q").Op("u").Stop());
        Assert.Equal("posix.system('true')", value["call"].ToString());
        Assert.Equal(
            ("posix.system", false, "true"), (Object("call").Name, Object("call").IsName, Object("call").Arguments[0].As<string>()));
        Assert.Equal("a.b.C(1) {'lr': 0.5}", value["new"].ToString());
        Assert.Equal(0.5, value["new"]["lr"].As<double>());
        Assert.Equal(1, value["new"][0].As<int>());
        Assert.Equal("a.D(, **{'k': 2})", value["named"].ToString());
        Assert.Equal(2, Object("named").Keywords!["k"].As<long>());
        Assert.True(Object("name").IsName);
        Assert.Equal("torch.nn.functional.relu", value["name"].ToString());
        Assert.Equal(("a.f()", "a.f()(3)"), (Object("of call").Name, value["of call"].ToString()));
        Assert.Equal([7, 8], value["list"].Items.Select(i => i.As<long>()));
        Assert.Equal("a.L() [7, 8]", value["list"].ToString());
        Assert.Equal((5, 7, 8), (value["dict"]["x"].As<long>(), value["dict"]["6"].As<long>(), value["dict"]["y"].As<long>()));
        Assert.Equal(6, value["dict"].Pairs[1].Key.As<long>());
        Assert.Equal(1, value["slots"]["a"].As<long>());
        Assert.Equal("m.Color.RED", value["member"].ToString());
        Assert.Equal(
            ("m.Old(1)", "m.Older(2)", "m.P() {'z': 9}"), (value["old"].ToString(), value["older"].ToString(), value["made"].ToString()));
        Assert.Equal(("copyreg.extension_5", "pickle.persistent_load(4)"), (value["extension"].ToString(), value["outside"].ToString()));
        Assert.Contains(
            "posix.system('true'). It is an object of Python",
            Assert.Throws<InvalidCastException>(() => value["call"].As<Tensor>()).Message, StringComparison.Ordinal);
        Assert.Contains(
            "A dictionary was expected", Assert.Throws<InvalidCastException>(() => value["call"][0]["x"]).Message,
            StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => value["new"]["absent"]);

        TorchObject Object(string key) => value[key].As<TorchObject>();
    }

    [Fact]
    public void KeysAreWhatPythonHas()
    {
        var value = Load(new PickleBytes(4).Op("}(")
            .Int(1).Text("int").Text("1").Text("text").Op("N").Text("none").Op("K\u0001K\u0002\u0086").Text("pair")
            .Raw((byte)'G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0).Text("half").Raw((byte)'C', 1, 0xff).Text("bytes").Raw(0x89).Text("false")
            .Global("a", "B").Text("class").Global("a", "B").Text("class again").Op("u").Stop());
        Assert.Equal(["int(1)", "1", "None", "(1, 2)", "0.5", "b'\\xff'", "False", "a.B", "object(a.B)"], value.Entries.Keys);
        Assert.Equal(("text", "int", "int"), (value["1"].As<string>(), value["int(1)"].As<string>(), value[1].As<string>()));
        Assert.Equal("false", value[0].As<string>());
        Assert.Equal("pair", value.Pairs[3].Value.As<string>());
        Assert.Equal([1, 2], value.Pairs[3].Key.Items.Select(i => i.As<long>()));
        Assert.Contains("int(1), 1, None", Assert.Throws<KeyNotFoundException>(() => value[7]).Message, StringComparison.Ordinal);
        Assert.Equal(value.Entries.Count, value.Pairs.Count);
    }

    [Fact]
    public void TextualProtocols()
    {
        var value = Load(Raw("(dp0\nS'a'\np1\nI1\nsS'b'\n(lp2\nL5L\naF0.5\naI01\naV\\u00e9x\nasg1\n0."));
        Assert.Equal(1, value["a"].As<long>());
        Assert.Equal("[5, 0.5, True, 'éx']", TorchText.Of(value["b"]));
        Assert.Equal("x\n\\\u0001", Load(Raw("S'x\\n\\\\\\x01'\n.")).As<string>());
        Assert.Equal([0xff], Load(Raw("S'\\xff'\n.")).As<byte[]>());
        Assert.Equal(-BigInteger.Pow(10, 30), Load(Raw("L-1000000000000000000000000000000L\n.")).As<BigInteger>());
        Assert.Equal(1, Load(Raw("(I1\nI2\n1I1\n.")).As<long>());
        Assert.Equal([double.NegativeInfinity], Load(Raw("(F-inf\nt.")).Items.Select(i => i.As<double>()));

        static byte[] Raw(string text) => System.Text.Encoding.Latin1.GetBytes(text);
    }

    [Fact]
    public void TextWithHalvesOfSurrogatePairs()
    {
        // Python keeps file names that are not UTF-8 so.
        Assert.Equal(
            "a\udc80b", Load(new PickleBytes().Raw((byte)'X', 5, 0, 0, 0, (byte)'a', 0xed, 0xb2, 0x80, (byte)'b').Stop()).As<string>());
        Assert.Equal([0xff], Load(new PickleBytes().Raw((byte)'U', 1, 0xff).Stop()).As<byte[]>());
    }

    [Fact]
    public void Python2()
    {
        var value = Load(
            new PickleBytes().Global("collections", "OrderedDict").Op("](](").Raw((byte)'U', 1, (byte)'w').Floats("0", 2).Op("e](")
                .Raw((byte)'U', 1, (byte)'b').Int(1).Op("ee").Raw(0x85).Op("R").Stop(),
            ("0", TorchZip.Of(1f, 2)));
        Assert.Equal(["w", "b"], value.Entries.Keys);
        Assert.Equal([1, 2], value["w"].As<Tensor>().ToArray<float>());
    }

    [Fact]
    public void ConjugateAndNegativeViews()
    {
        var value = Load(new PickleBytes().Op("}(")
            .Text("conj").Op(View("torch.ComplexFloatStorage", "0", 2, "conj")).Text("both")
            .Op(View("torch.ComplexFloatStorage", "0", 2, "conj", "neg"))
            .Text("neg").Op(View(Float, "1", 3, "neg")).Text("plain").Tensor(Float, "1", 3, [3], [1]).Op("u").Stop(),
            ("0", TorchZip.Of(1f, 2, 3, -4)), ("1", TorchZip.Of(1f, -2, 3)));
        Assert.Equal([1, -2, 3, 4], value["conj"].As<ComplexTensor>().Pairs.ToArray<float>());
        Assert.Equal([-1, 2, -3, -4], value["both"].As<ComplexTensor>().Pairs.ToArray<float>());
        Assert.Equal([-1, 2, -3], value["neg"].As<Tensor>().ToArray<float>());
        Assert.Equal([1, -2, 3], value["plain"].As<Tensor>().ToArray<float>());
        Assert.Equal("complex64[2]", value["conj"].ToString());
        Assert.Equal([2], value["conj"].As<ComplexTensor>().shape);
        Assert.Contains(
            "As<ComplexTensor>().Pairs", Assert.Throws<InvalidCastException>(() => value["conj"].As<Tensor>()).Message,
            StringComparison.Ordinal);
        var state = value.ToStateDict();
        Assert.Equal("float32[2, 2]", state["conj"].Type.ToString());

        // The stride of a dim of one element may be anything; truth values have no negatives.
        var strange = Load(
            new PickleBytes().Op("(").Tensor("torch.ComplexFloatStorage", "0", 2, [1, 2], [long.MaxValue, 1])
                .Tensor(Float, "1", 3, [1, 3], [long.MaxValue, 1]).Op("t").Stop(),
            ("0", TorchZip.Of(1f, 2, 3, -4)), ("1", TorchZip.Of(1f, -2, 3)));
        Assert.Equal([1, 2, 3, -4], strange[0].As<ComplexTensor>().Pairs.ToArray<float>());
        Assert.Equal([2, -1, 4], (strange[1].As<Tensor>() + 1).reshape(-1).ToArray<float>());
        Assert.Contains(
            "libtorch refuses", TorchZip.Refused(TorchZip.Bytes(
                new PickleBytes().Op(View("torch.BoolStorage", "0", 2, "neg")).Stop(), ("0", [1, 0]))).Message, StringComparison.Ordinal);

        // Each such view is a copy: a thousand of one storage are refused.
        var many = new PickleBytes().Op("(");
        for (var i = 0; i < 600; i++)
        {
            many.Op(View(Float, "0", 10_000 - i, 10_000, "neg"));
        }

        Assert.Contains(
            "more than the file", TorchZip.Refused(TorchZip.Bytes(many.Op("t").Stop(), ("0", new byte[40_000]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TensorsOfNewerVersions()
    {
        var value = Load(new PickleBytes().Op("}(")
            .Text("typed by function").Op(V3("torch.storage.UntypedStorage", "0", 16, 4, "float32")).Text("float8")
            .Op(V3("torch.storage.UntypedStorage", "0", 16, 16, "float8_e4m3fn"))
            .Text("complex").Op(V3("torch.storage.UntypedStorage", "0", 16, 2, "complex64")).Text("as ints")
            .Op(V3("torch.storage.UntypedStorage", "0", 16, 2, "int64"))
            .Text("param").Global("torch._utils", "_rebuild_parameter_with_state").Op("(").Tensor(Float, "0", 4, [2, 2], [2, 1]).Raw(0x88)
            .OrderedDict().Op("}").Text("tag").Int(1).Op("stR")
            .Text("subclass").Global("torch._tensor", "_rebuild_from_type_v2").Op("(").Global("torch._utils", "_rebuild_tensor_v2")
            .Global("my", "Image").Op("(").Storage(Float, "0", 4)
            .Int(0).Ints(4).Ints(1).Raw(0x89).OrderedDict().Op("t}tR")
            .Text("meta").Global("torch._utils", "_rebuild_meta_tensor_no_storage").Op("(").Global("torch", "float32").Ints(2).Ints(1)
            .Raw(0x89).Op("tR")
            .Text("distributed").Global("torch._tensor", "_rebuild_from_type_v2").Op("(")
            .Global("torch._utils", "_rebuild_wrapper_subclass").Global("torch.distributed.tensor", "DTensor").Op(")}tR")
            .Text("storage").Storage("torch.storage.UntypedStorage", "0", 16).Text("complex storage")
            .Storage("torch.ComplexFloatStorage", "0", 2).Text("other").Tensor("torch.IntStorage", "0", 4, [4], [1])
            .Text("unknown storage").Storage("torch.Float8_e5m2Storage", "0", 16).Text("dtype").Global("torch", "complex64").Op("u")
            .Stop(), ("0", TorchZip.Of(1f, 2, 3, 4)));
        Assert.Equal([1, 2, 3, 4], value["typed by function"].As<Tensor>().ToArray<float>());
        Assert.Contains("torch._utils._rebuild_tensor_v3(uint8[16], 0, (16,)", value["float8"].ToString(), StringComparison.Ordinal);
        Assert.Equal([1, 2, 3, 4], value["complex"].As<ComplexTensor>().Pairs.ToArray<float>());
        Assert.Equal("int64[2]", value["as ints"].ToString());
        Assert.Equal("float32[2, 2]", value["param"].ToString());
        Assert.Equal([1, 2, 3, 4], value["subclass"].As<Tensor>().ToArray<float>());
        Assert.StartsWith(
            "torch._utils._rebuild_meta_tensor_no_storage(torch.float32, (2,)", value["meta"].ToString(), StringComparison.Ordinal);
        Assert.Contains("torch.distributed.tensor.DTensor", value["distributed"].ToString(), StringComparison.Ordinal);
        Assert.Equal(
            ("uint8[16]", "complex64[2]", "int32[4]", "uint8[16]"),
            (value["storage"].ToString(), value["complex storage"].ToString(), value["other"].ToString(),
                value["unknown storage"].ToString()));
        Assert.Equal("torch.complex64", value["dtype"].ToString());
    }

    [Fact]
    public void BigEndianArchives()
    {
        var pickle = new PickleBytes().Op("(").Floats("0", 2).Tensor("torch.ComplexFloatStorage", "0", 1, [1], [1])
            .Tensor("torch.ByteStorage", "1", 2, [2], [1]).Op("t").Stop();
        var value = TorchZip.Load(TorchZip.Zip(
        [
            ("m/data.pkl", pickle), ("m/byteorder", "big"u8.ToArray()), ("m/data/0", [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]),
            ("m/data/1", [1, 2]), ("m/version", "3\n"u8.ToArray()), ("m/.data/serialization_id", "1"u8.ToArray()),
        ]));
        Assert.Equal([1, -2], value[0].As<Tensor>().ToArray<float>());
        Assert.Equal([1, -2], value[1].As<ComplexTensor>().Pairs.ToArray<float>());
        Assert.Equal([1, 2], value[2].As<Tensor>().ToArray<byte>());
    }

    [Fact]
    public void PartsOfStoragesInTheFormatBefore16()
    {
        byte[] start = [.. new PickleBytes().Raw(0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19)
            .Stop(), .. new PickleBytes().Op("M\u00e9\u0003").Stop(), .. new PickleBytes().Op("}").Stop()];
        byte[] Data(long count) => [.. BitConverter.GetBytes(count), .. TorchZip.Of(1f, 2, 3, 4)];
        var part = new PickleBytes().Global("torch._utils", "_rebuild_tensor_v2").Op("((").Text("storage").Global("torch", "FloatStorage")
            .Text("9").Text("cpu").Int(4).Op("(").Text("v").Int(1).Int(3).Op("ttQ")
            .Int(1).Ints(2).Ints(1).Raw(0x89).OrderedDict().Op("tR").Stop();
        var keys = new PickleBytes().Op("](").Text("9").Op("e").Stop();
        Assert.Equal([3, 4], TorchZip.Load([.. start, .. part, .. keys, .. Data(4)]).As<Tensor>().ToArray<float>());
        Assert.Contains("has 5 elements in the storage '9'", Refused([.. start, .. part, .. keys, .. Data(5)]), StringComparison.Ordinal);
        Assert.Contains(
            "has 4 elements in the storage '9'", Refused([.. start, .. part, .. keys, .. Data(4)[..^1]]), StringComparison.Ordinal);
        Assert.Contains(
            "does not hold the storage '9'", Refused([.. start, .. part, .. new PickleBytes().Op("]").Stop(), .. Data(4)]),
            StringComparison.Ordinal);
        Assert.Contains(
            "lists the storage '8'", Refused([.. start, .. part, .. new PickleBytes().Op("](").Text("8").Op("e").Stop(), .. Data(4)]),
            StringComparison.Ordinal);
        Assert.Contains(
            "but the file has", Refused([.. start, .. new PickleBytes().Floats("9", 1L << 40).Stop(), .. keys, .. Data(4)]),
            StringComparison.Ordinal);

        static string Refused(byte[] file) => TorchZip.Refused(file).Message;
    }

    [Fact]
    public void NumpyBehindOtherTensors()
    {
        // As files of XLA devices have it: a tensor made of an array of NumPy.
        var value = Load(new PickleBytes().Global("torch._utils", "_rebuild_device_tensor_from_numpy").Op("(")
            .Global("numpy._core.multiarray", "_reconstruct").Global("numpy", "ndarray").Op("K\0\u0085").Raw((byte)'C', 1, (byte)'b')
            .Raw(0x87).Op("R(K\u0001K\u0002\u0085")
            .Global("numpy", "dtype").Text("f4").Raw(0x89, 0x88, 0x87).Op("R(K\u0003").Text("<").Op("NNNJ").Raw(255, 255, 255, 255).Op("J")
            .Raw(255, 255, 255, 255).Op("K\0tb")
            .Raw(0x89).Raw((byte)'C', 8).Raw(TorchZip.Of(1.5f, -2f)).Op("tb").Global("torch", "float32").Text("xla:0").Raw(0x89).Op("tR")
            .Stop());
        Assert.Equal([1.5f, -2], value.As<Tensor>().ToArray<float>());
    }

    [Fact]
    public void WhatIsNoTensorIsReported()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.pt", TorchZip.Bytes(
            new PickleBytes().Op("}(").Text("module.w").Floats("0", 2).Text("module._extra_state").Op("}").Text("module.version").Int(2)
                .Op("u").Stop(), ("0", TorchZip.Of(1f, 2))));
        var state = TorchFile.LoadStateDict(path);
        Assert.Equal(["module.w"], state.Keys);
        Assert.Equal(["module._extra_state", "module.version"], state.Others.Keys);
        var tree = new StructureTree { Params = { ["w"] = F.zeros([2]) } };
        Assert.Contains(
            "WithoutPrefix(\"module.\")", Assert.Throws<ArgumentException>(() => Import.FromStateDict(tree, state)).Message,
            StringComparison.Ordinal);
        var (loaded, report) = Import.FromStateDict(tree, state.WithoutPrefix("module."));
        Assert.Equal([1, 2], loaded.Params["w"].Tensor.ToArray<float>());
        Assert.Equal(["_extra_state", "version"], report.NotTensors);
        Assert.True(report.IsComplete);
        Assert.Equal("not tensors: _extra_state, version", report.ToString());
    }

    private static TorchValue Load(byte[] pickle, params (string Key, byte[] Data)[] storages) =>
        TorchZip.Load(TorchZip.Bytes(pickle, storages));

    private static string View(string type, string key, long count, params string[] flags) => View(type, key, count, count, flags);

    private static string View(string type, string key, long size, long count, params string[] flags)
    {
        var bytes = new PickleBytes().Global("torch._utils", "_rebuild_tensor_v2").Op("(").Storage(type, key, count).Int(0).Ints(size)
            .Ints(1).Raw(0x89).OrderedDict().Op("}(");
        foreach (var flag in flags)
        {
            bytes.Text(flag).Raw(0x88);
        }

        return Text(bytes.Op("utR"));
    }

    private static string V3(string type, string key, long count, long size, string dtype) =>
        Text(new PickleBytes().Global("torch._utils", "_rebuild_tensor_v3").Op("(").Storage(type, key, count).Int(0).Ints(size).Ints(1)
            .Raw(0x89).OrderedDict().Global("torch", dtype).Op("tR"));

    /// <summary>Without protocol and stop.</summary>
    private static string Text(PickleBytes bytes) => System.Text.Encoding.Latin1.GetString(bytes.Stop()[2..^1]);
}
