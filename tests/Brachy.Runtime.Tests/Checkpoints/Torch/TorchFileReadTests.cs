using System.Numerics;
using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Checkpoints put together by hand, by the rules of torch.save.</summary>
[Trait("Category", "Quick")]
public class TorchFileReadTests
{
    [Fact]
    public void AStateDictAsPyTorchWritesIt()
    {
        // With the memo as torch.save uses it: OrderedDict, the function and 'storage' are recalled; the versions of the modules follow.
        var pickle = new PickleBytes()
            .Global("collections", "OrderedDict").Op("q\0)Rq\u0001(")
            .Text("fc.weight").Op("q\u0002").Global("torch._utils", "_rebuild_tensor_v2").Op("q\u0003((").Text("storage").Op("q\u0004")
            .Global("torch", "FloatStorage").Op("q\u0005").Text("0").Op("q\u0006").Text("cpu")
            .Op("q\u0007K\u0006tq\u0008QK\0K\u0002K\u0003\u0086q\tK\u0003K\u0001\u0086q\n\u0089h\0)Rq\u000btq\u000cRq\r")
            .Text("fc.steps").Op("q\u000eh\u0003((h\u0004").Global("torch", "LongStorage").Op("q\u000f").Text("1")
            .Op("q\u0010h\u0007K\u0001tq\u0011QK\0))\u0089h\0)Rq\u0012tq\u0013Rq\u0014u}q\u0015").Text("_metadata")
            .Op("q\u0016h\0)Rq\u0017sb").Stop();
        var file = TorchZip.Bytes(pickle, ("0", TorchZip.Of(1f, 2, 3, 4, 5, 6)), ("1", TorchZip.Of(7L)));
        using var folder = new TemporaryFolder();
        var state = TorchFile.LoadStateDict(folder.Write("model.pt", file));
        Assert.Equal(["fc.weight", "fc.steps"], state.Keys);
        Assert.Equal("float32[2, 3]", state["fc.weight"].Type.ToString());
        Assert.Equal([1, 2, 3, 4, 5, 6], state["fc.weight"].ToArray<float>());
        Assert.Equal("int64[]", state["fc.steps"].Type.ToString());
        Assert.Equal(7, state["fc.steps"].item<long>());
    }

    [Fact]
    public void Protocol4WithFramesAndStackGlobals()
    {
        var pickle = new PickleBytes(4).Raw(0x95, 20, 0, 0, 0, 0, 0, 0, 0).Op("}").Raw(0x94).Op("(").ShortText("a").Raw(0x94)
            .StackGlobal("torch._utils", "_rebuild_tensor_v2").Raw(0x94).Op("((").ShortText("storage").StackGlobal("torch", "HalfStorage")
            .ShortText("0").ShortText("cuda:1").Int(2).Op("tQ").Int(0).Int(2).Raw(0x85).Int(1).Raw(0x85, 0x89)
            .StackGlobal("collections", "OrderedDict").Op(")RtR")
            .ShortText("again").Op("h\u0000").Op("0").Op("h\u0001").Op("u").Stop();
        var value = TorchZip.Load(TorchZip.Bytes(pickle, ("0", TorchZip.Of((Half)1.5, (Half)(-2)))));
        Assert.Equal([(Half)1.5, (Half)(-2)], value["a"].As<Tensor>().ToArray<Half>());
        Assert.Equal("a", value["again"].As<string>());
    }

    [Fact]
    public void PlainValues()
    {
        var pickle = new PickleBytes(4).Op("}(")
            .Text("none").Op("N").Text("true").Raw(0x88).Text("int").Raw((byte)'J', 0xfe, 0xff, 0xff, 0xff).Text("short")
            .Raw((byte)'M', 0x39, 0x30)
            .Text("long").Int(-5_000_000_000).Text("huge").Raw(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1).Text("real")
            .Raw((byte)'G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)
            .Text("text").Text("ü").Text("bytes").Raw((byte)'C', 2, 9, 8).Text("list").Op("](K\u0001K\u0002e").Text("tuple")
            .Op("K\u0001N\u0086").Text("set").Raw(0x8f).Op("(K\u0003").Raw(0x90)
            .Text("size").Global("torch", "Size").Ints(2, 3).Raw(0x85).Op("R").Text("dtype").Global("torch", "bfloat16").Text("device")
            .Global("torch", "device").Text("cuda").Int(1).Raw(0x86).Op("R")
            .Text("old bytes").Global("_codecs", "encode").Text("\u00ff\u0001").Text("latin1").Raw(0x86).Op("R").Int(5).Text("five").Op("u")
            .Stop();
        var value = TorchZip.Load(TorchZip.Bytes(pickle));
        Assert.True(value["none"].IsNone);
        Assert.True(value["true"].As<bool>());
        Assert.Equal(-2, value["int"].As<long>());
        Assert.Equal(12345, value["short"].As<double>());
        Assert.Equal(-5_000_000_000, value["long"].As<long>());
        Assert.Equal(BigInteger.Pow(2, 64), value["huge"].As<BigInteger>());
        Assert.Contains(
            "18446744073709551616 does not fit long", Assert.Throws<InvalidCastException>(() => value["huge"].As<long>()).Message,
            StringComparison.Ordinal);
        Assert.Equal(1.5, value["real"].As<double>());
        Assert.Equal("ü", value["text"].As<string>());
        Assert.Equal([9, 8], value["bytes"].As<byte[]>());
        Assert.Equal([1, 2], value["list"].Items.Select(i => i.As<long>()));
        Assert.True(value["tuple"][1].IsNone);
        Assert.Equal(3, value["set"][0].As<long>());
        Assert.Equal([2, 3], value["size"].Items.Select(i => i.As<long>()));
        Assert.Equal(DType.BFloat16, value["dtype"].As<DType>());
        Assert.Equal("cuda:1", value["device"].As<string>());
        Assert.Equal([255, 1], value["old bytes"].As<byte[]>());
        Assert.Equal("five", value["5"].As<string>());
        Assert.Contains("text", Assert.Throws<InvalidCastException>(() => value["text"].As<Tensor>()).Message, StringComparison.Ordinal);
        Assert.Contains("none, true", Assert.Throws<KeyNotFoundException>(() => value["absent"]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => value["list"][2]);
    }

    public static TheoryData<string, DType, byte[], double[]> ElementTypes => new()
    {
        { "DoubleStorage", DType.Float64, TorchZip.Of(1.5, -2), [1.5, -2] },
        { "FloatStorage", DType.Float32, TorchZip.Of(1.5f, -2), [1.5, -2] },
        { "HalfStorage", DType.Float16, TorchZip.Of((Half)1.5, (Half)(-2)), [1.5, -2] },
        { "BFloat16Storage", DType.BFloat16, [0xc0, 0x3f, 0x00, 0xc0], [1.5, -2] },
        { "LongStorage", DType.Int64, TorchZip.Of(3L, -2), [3, -2] },
        { "IntStorage", DType.Int32, TorchZip.Of(3, -2), [3, -2] },
        { "ShortStorage", DType.Int16, TorchZip.Of((short)3, (short)-2), [3, -2] },
        { "CharStorage", DType.Int8, TorchZip.Of((sbyte)3, (sbyte)-2), [3, -2] },
        { "ByteStorage", DType.UInt8, [3, 254], [3, 254] },
        { "BoolStorage", DType.Bool, [7, 0], [1, 0] },
    };

    [Theory]
    [MemberData(nameof(ElementTypes))]
    public void EveryElementType(string storage, DType dtype, byte[] bytes, double[] expected)
    {
        var tensor =
            TorchZip.Load(TorchZip.Bytes(new PickleBytes().Tensor("torch." + storage, "0", 2, [2], [1]).Stop(), ("0", bytes))).As<Tensor>();
        Assert.Equal(dtype, tensor.dtype);
        Assert.Equal(expected, tensor.to(DType.Float64).ToArray<double>());
        var untyped = new PickleBytes().Global("torch._utils", "_rebuild_tensor_v3").Op("(")
            .Storage("torch.storage.UntypedStorage", "0", bytes.Length)
            .Int(0).Ints(2).Ints(1).Raw(0x89).OrderedDict().Global("torch", dtype.Name()).Op("tR").Stop();
        tensor = TorchZip.Load(TorchZip.Bytes(untyped, ("0", bytes))).As<Tensor>();
        Assert.Equal(dtype, tensor.dtype);
        Assert.Equal(expected, tensor.to(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void ViewsOfOneStorage()
    {
        const string Type = "torch.FloatStorage";
        var pickle = new PickleBytes().Op("(")
            .Tensor(Type, "0", 6, [3, 2], [1, 3]).Tensor(Type, "0", 6, [2], [2], offset: 1).Tensor(Type, "0", 6, [], [], offset: 5)
            .Tensor(Type, "0", 6, [2, 3], [0, 1], offset: 3).Tensor(Type, "0", 6, [0, 4], [4, 1]).Tensor(Type, "0", 6, [3, 2], [1, 3])
            .Global("torch._utils", "_rebuild_parameter").Op("(").Tensor(Type, "1", 1, [1], [1]).Raw(0x88).OrderedDict().Op("tR")
            .Raw((byte)'q', 9).Op("h\t").Op("t").Stop();
        var tensors = TorchZip.Load(TorchZip.Bytes(pickle, ("0", TorchZip.Of(0f, 1, 2, 3, 4, 5)), ("1", TorchZip.Of(8f)))).Items
            .Select(v => v.As<Tensor>()).ToArray();
        Assert.Equal([0, 3, 1, 4, 2, 5], tensors[0].ToArray<float>());
        Assert.Equal([1, 3], tensors[1].ToArray<float>());
        Assert.Equal([5], tensors[2].ToArray<float>());
        Assert.Equal([3, 4, 5, 3, 4, 5], tensors[3].ToArray<float>());
        Assert.Equal("float32[0, 4]", tensors[4].Type.ToString());

        // The same part of the same storage is one weight, though it was saved as two objects, as in a state_dict.
        Assert.Same(tensors[0], tensors[5]);
        Assert.Same(tensors[6], tensors[7]);
        Assert.Equal([8], tensors[6].ToArray<float>());
        Assert.True(tensors[0].BufferOrNull!.IsShared);
        Assert.False(tensors[6].BufferOrNull!.IsShared);
    }

    [Fact]
    public void AStateDictInsideAnother()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x.pt", TorchZip.Bytes(
            new PickleBytes().Op("}(").Text("epoch").Int(3).Text("model").Op("}").Text("w").Floats("0", 1).Op("su").Stop(),
            ("0", TorchZip.Of(2f))));
        Assert.Equal(2, TorchFile.LoadStateDict(path, "model")["w"].item<float>());
        var error = Assert.Throws<CheckpointException>(() => TorchFile.LoadStateDict(path));
        Assert.Equal(path, error.File);
        Assert.Contains("the file has no weights", error.Message, StringComparison.Ordinal);
        Assert.Contains("there are some under 'model'", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "there is no 'ema'", Assert.Throws<CheckpointException>(() => TorchFile.LoadStateDict(path, "ema")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'epoch' has no weights: A state_dict or module was expected here, but there is an integer",
            Assert.Throws<CheckpointException>(() => TorchFile.LoadStateDict(path, "epoch")).Message, StringComparison.Ordinal);
    }
}
