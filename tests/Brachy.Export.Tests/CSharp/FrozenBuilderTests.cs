using System.Buffers.Text;
using System.Runtime.InteropServices;
using Brachy.Inference;

namespace Brachy.Tests.CSharpSources;

/// <summary>Models that are built by hand, and mistakes in building.</summary>
public class FrozenBuilderTests
{
    public static TheoryData<string, Action<FrozenBuilder, FrozenValue>> Mistakes => new()
    {
        { "no operation 'sofmax'", (model, x) => model.Apply("sofmax", [x], [("dim", 1)]) },
        { "softmax needs its setting 'dim'", (model, x) => model.Apply("softmax", [x]) },
        { "softmax has no setting 'axis'; its settings are dim", (model, x) => model.Apply("softmax", [x], [("axis", 1), ("dim", 1)]) },
        { "relu has no setting 'dim'; it has none", (model, x) => model.Apply("relu", [x], [("dim", 1)]) },
        { "setting 'dim' is given twice", (model, x) => model.Apply("softmax", [x], [("dim", 1), ("dim", 1)]) },
        { "setting 'dim' must be a whole number, but is 1.5", (model, x) => model.Apply("softmax", [x], [("dim", 1.5)]) },
        { "setting 'dim' must be a whole number, but is \"1\"", (model, x) => model.Apply("softmax", [x], [("dim", "1")]) },
        { "setting 'dims' must be a list", (model, x) => model.Apply("permute", [x], [("dims", 1)]) },
        { "setting 'keepdim' must be true or false", (model, x) => model.Apply("amax", [x], [("dims", [1]), ("keepdim", 1)]) },
        { "setting 'dtype' must be an element type", (model, x) => model.Apply("cast", [x], [("dtype", (DType)77)]) },
        { "setting 'approximate' must be a text", (model, x) => model.Apply("gelu", [x], [("approximate", 1)]) },
        { "setting 'carries' must be 0 or more", (model, x) => model.Apply("scan", [x], [("carries", -1)]) },
        { "dim 5 is out of range", (model, x) => model.Apply("softmax", [x], [("dim", 5)]) },
        { "add(float32[2, 3]): operands and settings do not fit", (model, x) => model.Apply("add", [x]) },
        { "operands and settings do not fit", (model, x) => model.Apply("matmul", [x, x]) },
        { "has several results", (model, x) => model.Apply("topk", [x], [("k", 1), ("dim", 1), ("largest", true), ("sorted", true)]) },
        { "of another routine", (_, x) => new FrozenBuilder().Apply("relu", [x]) },
        { "of another routine", (model, x) => model.Body(body => body.Apply("relu", [x])) },
        { "which 'relu' has written over", (model, x) =>
            {
                var y = model.Apply("exp", [x]);
                model.Apply("relu", [y], overwrites: y);
                model.Output("y", y);
            }
        },
        { "would write over 'x", (model, x) => model.Apply("relu", [x], overwrites: x) },
        { "is none of its operands", (model, x) => model.Apply("relu", [x], overwrites: model.Apply("exp", [x])) },
        { "cannot take the memory", (model, x) =>
            {
                var y = model.Apply("exp", [x]);
                model.Apply("gt", [y, 0.5], overwrites: y);
            }
        },
        { "which no loop lets it", (model, x) => Scan(model, model.Apply("exp", [x]), [], overwritesInput: true) },
        { "name it in 'keeps'", (model, x) => Scan(model, x, [0]) },
        { "which 'scan' has written over", (model, x) =>
            {
                var y = model.Apply("exp", [x]);
                Scan(model, y, [0], overwritesInput: true);
                model.Output("y", y);
            }
        },
        { "body 1 is null", (model, x) => model.Apply("switch", [true, x], bodies: [null!]) },
        { "body 1 is of another model", (model, x) => model.Apply("switch", [true, x], bodies: [new FrozenBuilder().Body(_ => { })]) },
        { "There is a 'x' already", (model, _) => model.Input("x", DType.Float32, []) },
        { "must be of float32, float64, int64 or bool", (model, _) => model.Input("y", DType.Int32, []) },
        { "sizes are 0 at least", (model, _) => model.Input("y", DType.Float32, [-1]) },
        { "must be a whole number", (model, _) => model.Input("y", DType.Float32, [1.5]) },
        { "a number or a size of the model", (model, _) => model.Input("y", DType.Float32, [2 * model.Size("n", 3)]) },
        { "weights do not vary", (model, _) => model.Weight("w", DType.Float32, [model.Size("n", 3)]) },
        { "another model", (model, x) => model.Apply("add", [x, new FrozenBuilder().Size("n", 3)]) },
        { "cannot be a plain number", (model, _) => model.Output("y", 1.0) },
        { "is no size of the model", (model, _) => model.Unserved("", [(3, 0, 1)]) },
        { "more than 32 deep", (model, _) => Nest(model) },
        { "at most to the power of 3", (model, _) => _ = model.Size("n", 3) is var n ? n * n * n * n : null },
        { "only such are divided by", (model, _) => _ = 1.0 / (2 * model.Size("n", 3)) },
        { "sizes of two models", (model, _) => _ = model.Size("n", 3) + new FrozenBuilder().Size("m", 3) },
        { "is a power or divided", (model, _) => _ = model.Size("n", 3).Power(-0.5) + 1 },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void AMistakeIsNamed(string message, Action<FrozenBuilder, FrozenValue> make)
    {
        var model = new FrozenBuilder();
        var error = Assert.ThrowsAny<ArgumentException>(() => make(model, model.Input("x", DType.Float32, [2, 3])));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AModelByHand()
    {
        var model = new FrozenBuilder();
        var n = model.Size("n", typical: 3);
        var x = model.Input("x", DType.Float32, [n, 2]);
        model.Unserved("there must be two", [(n, 0, 1)]);
        var weight = model.Weight("weight", DType.Float32, [2, 2]);
        var product = model.Apply("linear", [x, weight]);
        var flat = model.Apply("reshape", [product], [("shape", [2 * n])]);
        var mean = model.Apply("mul", [flat, 1.0 / (n + 1)]);
        var root = model.Apply("add", [mean, (1.0 * n + 1).Power(0.5)]);
        var ends = model.Apply("slice", [root], [("dim", 0), ("start", 0), ("end", 2 * n - 1), ("step", n - 1)]);
        model.Output("root", root);
        model.Output("again", root);
        model.Output("ends", ends);
        float[] weights = [1, 2, 3, 4];
        var bytes = MemoryMarshal.AsBytes<float>(weights).ToArray();
        Assert.Equal("((2 * n + -1))", $"({2 * n - 1})");
        Assert.Equal([3, 2], x.Type.Shape);

        var text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out _);
        foreach (var loaded in new[] { model.Load(bytes), model.Load(new MemoryStream(bytes)), model.LoadBase64([.. text, (byte)'\n']) })
        {
            var session = loaded.Session(4);
            new float[] { 1, 0, 0, 1, 1, 1, 2, 0 }.CopyTo(session.Input<float>("x"));
            session.Run();
            float[] products = [1, 3, 2, 4, 3, 7, 2, 6];
            var expected = Array.ConvertAll(products, value => (value / 5) + MathF.Sqrt(5));
            Assert.All(expected.Zip(session.Result<float>("root").ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
            Assert.Equal(session.Result<float>("root"), session.Result<float>("again"));
            Assert.Equal(expected[6], session.Result<float>("ends")[2], 1e-6f);
            var refusal = Assert.Throws<ArgumentException>(() => loaded.Session(1));
            Assert.Contains("there must be two", refusal.Message, StringComparison.Ordinal);
        }

        Assert.Contains("base64", Assert.Throws<FrozenModelException>(() => model.LoadBase64("?"u8)).Message, StringComparison.Ordinal);
        Assert.Throws<FrozenModelException>(() => model.Load(bytes, checksum: 1));
        Assert.Throws<FrozenModelException>(() => model.Load(bytes, options: new() { MaxSessionBytes = 10 }));
        Assert.Throws<InvalidOperationException>(() => new FrozenBuilder().Load([]));
    }

    /// <summary>A mistake leaves nothing behind.</summary>
    [Fact]
    public void AModelIsAsItWasBeforeAMistake()
    {
        var model = new FrozenBuilder();
        var x = model.Input("x", DType.Float32, [2]);
        Assert.Throws<ArgumentException>(() => model.Input("y", DType.Float32, [3, -1]));
        Assert.Throws<ArgumentException>(() => model.Weight("w", DType.Float32, [3, -1]));
        Assert.ThrowsAny<ArgumentException>(() => model.Apply("softmax", [x], [("dim", 3)]));
        model.Output("y", model.Apply("neg", [x]));
        var result = new float[2];
        model.Load([]).Run<float, float>([1, 2], result);
        Assert.Equal([-1, -2], result);
    }

    [Fact]
    public void EachOperationIsNamed()
    {
        Assert.Contains("convolution", FrozenBuilder.Operations);
        Assert.Equal(Brachy.Compilation.TypeRules.All.Count, FrozenBuilder.Operations.Count);
    }

    private static void Scan(FrozenBuilder model, FrozenValue first, long[] overwrites, bool overwritesInput = false)
    {
        var step = model.Body(body =>
        {
            var carry = body.Input(DType.Float32, [2, 3]);
            body.Output(body.Apply("relu", [carry], overwrites: overwritesInput ? carry : null));
        });
        model.Apply(
            "scan", [first],
            [
                ("carries", 1), ("slices", 0), ("length", 3), ("reverse", false), ("has_count", false), ("gives_count", false),
                ("overwrites", FrozenSetting.Create([.. overwrites.Select(carry => (FrozenNumber)carry)])),
            ],
            bodies: [step]);
    }

    private static void Nest(FrozenRoutine routine) => routine.Body(Nest);
}
