using Brachy.Transforms;

namespace Brachy.Tests.Transforms;

/// <summary>
/// Functions of typed arguments under lifted transforms: what is static, what is traced, and how often a transform is applied.
/// </summary>
[Trait("Category", "Quick")]
public class StaticLiftTests
{
    private static readonly Tensor s_two = F.full([2], 1.0);

    /// <summary>Has no value equality, and no handler.</summary>
    public sealed class Opaque
    {
        public int Scale { get; set; }
    }

    public sealed record Options(int Scale);

    /// <summary>A transform that leaves functions as they are, and counts.</summary>
    private sealed class Counting
    {
        public int Applied { get; private set; }

        public TensorFunction Transform(TensorFunction function)
        {
            Applied++;
            return function;
        }
    }

    [Fact]
    public void JitTracesOnceForEachStaticPart()
    {
        var traces = 0;
        var f = Static.Lift(Jit.Transform).Of((Dictionary<string, Tensor> x, (Tensor A, string Mode) y, List<int> factors) =>
        {
            traces++;
            return (Sum: x["a"] + (y.Mode == "go" ? y.A : 2 * y.A) * factors[0], y.Mode, factors);
        });
        List<int> factors = [3];
        var x = new Dictionary<string, Tensor> { ["a"] = s_two };
        var (sum, mode, returned) = f(x, (s_two, "go"), factors);
        Assert.Equal((4, "go", 1), ((double)sum[0], mode, traces));
        Assert.Equal([3], returned);
        returned.Add(99);

        x["a"] = F.zeros([2]);
        Assert.Equal(3, (double)f(x, (s_two, "go"), [3]).Sum[0]);
        Assert.Equal([3], f(x, (s_two, "go"), [3]).factors);
        Assert.Equal(1, traces);
        Assert.Equal(6, (double)f(x, (s_two, "stop"), factors).Sum[0]);
        Assert.Equal(2, traces);

        // Changed in place: a new value; and the old one made anew is known.
        factors[0] = 5;
        Assert.Equal(5, (double)f(x, (s_two, "go"), factors).Sum[0]);
        Assert.Equal([3], f(x, (s_two, "go"), [3]).factors);
        Assert.Equal(3, traces);

        f(new() { ["b"] = s_two, ["a"] = s_two }, (s_two, "go"), [3]);
        Assert.Equal(4, traces);
        f(x, (F.ones([1]), "go"), [3]);
        Assert.Equal(5, traces);
    }

    [Fact]
    public void ATransformThatCallsEachTimeSeesTheStaticsOfTheCall()
    {
        // The version for [1] was made with a list that holds [2] by now.
        var f = Static.Lift(function => function).Of((Tensor x, List<int> factors) => (x * factors[0], factors));
        List<int> factors = [1];
        Assert.Equal(1, (double)f(s_two, factors).Item1[0]);
        factors[0] = 2;
        var (value, returned) = f(s_two, [1]);
        Assert.Equal((1, 1), ((double)value[0], returned[0]));
        Assert.Equal(2, (double)f(s_two, factors).Item1[0]);
    }

    [Fact]
    public void AReturnedStaticArgumentIsTheOneThatWasPassed()
    {
        var lifted = Static.Lift(Jit.Transform).Of((Tensor x, List<int> factors) => (x, factors));
        var compiled = Jit.Compile((Tensor x, List<int> factors) => (x, factors));
        foreach (var f in new[] { lifted, (x, factors) => compiled.Invoke(x, factors) })
        {
            List<int> factors = [1];
            f(s_two, factors);
            factors[0] = 2;
            Assert.Equal([1], f(s_two, [1]).Item2);
        }
    }

    [Fact]
    public void TreesAndRecordsGoInAndOut()
    {
        var traces = 0;
        var f = Static.Lift(Jit.Transform).Of((StructureTree tree, GlobalConfig config, Weights weights) =>
        {
            traces++;
            tree.Aux["seen"] = weights.Name;
            tree.Buffers["calls"] = tree.Buffers["calls"].Tensor + 1;
            return (Tree: tree, Config: config, Weights: new Weights(weights.W * 2, weights.B, weights.Name + "!"));
        });
        var tree = new StructureTree { Params = { ["w"] = s_two }, Buffers = { ["calls"] = F.zeros([]) }, Aux = { ["number"] = 10 } };
        var config = new GlobalConfig(("foo", "hihi"));
        var result = f(tree, config, new(s_two, s_two, "a"));
        result = f(result.Tree, result.Config, result.Weights);
        result = f(result.Tree, result.Config, result.Weights with { Name = "a!" });
        Assert.Equal(3, traces);
        Assert.Equal((3, 8), ((double)result.Tree.Buffers["calls"].Tensor, (double)result.Weights.W[0]));
        Assert.Equal(
            (10, "a!", "a!!", "hihi"), (result.Tree.Aux["number"], result.Tree.Aux["seen"], result.Weights.Name, result.Config["foo"]));
        Assert.False(tree.Aux.ContainsKey("seen"));
    }

    [Fact]
    public void SharedWeightsStayShared()
    {
        var inputs = 0;
        var f = Static.Lift(function => x =>
        {
            inputs = x.Length;
            return function(x);
        }).Of((StructureTree tree) => tree.MapParamsBuffers((_, t) => t * 3));
        var result = f(new() { Params = { ["a"] = s_two, ["b"] = s_two } });
        Assert.Equal(1, inputs);
        Assert.Same(result.Params["a"].Tensor, result.Params["b"].Tensor);
        Assert.Equal(3, (double)result.Params["b"].Tensor[0]);
    }

    [Fact]
    public void ExplicitStaticsNeedNoHandler()
    {
        var counting = new Counting();
        var f = Static.Lift(counting.Transform).Of(
            (Tensor x, Dictionary<string, object?> options) => (x * (int)options["scale"]!, options), [1], [1]);
        for (var scale = 1; scale < 4; scale++)
        {
            var (value, options) = f(s_two, new() { ["scale"] = scale, ["list"] = new List<object?> { scale } });
            Assert.Equal((scale, scale), ((double)value[0], options["scale"]));
            f(s_two, options);
            Assert.Equal(scale, counting.Applied);
        }

        // A record is compared by its own equality.
        var g = Static.Lift(counting.Transform).Of((Tensor x, Options options) => x * options.Scale, staticArguments: [1]);
        Assert.Equal((2, 2), ((double)g(s_two, new(2))[0], (double)g(s_two, new(2))[0]));
        Assert.Equal(4, counting.Applied);
    }

    [Fact]
    public void TensorsCannotBeStatic()
    {
        var lifted = Static.Lift(Jit.Transform);
        string Refused(Func<object?> action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        Assert.Contains("A Tensor cannot be static", Refused(() => lifted.Of((Tensor x, Tensor y) => x, [1])), StringComparison.Ordinal);
        Assert.Contains(
            "A StructureTree cannot be static", Refused(() => lifted.Of((StructureTree x) => (1, x), staticReturns: [1])),
            StringComparison.Ordinal);
        Assert.Contains("positions go from 0 to 0", Refused(() => lifted.Of((Tensor x) => x, [1])), StringComparison.Ordinal);
        Assert.Contains(
            "positions go from 0 to 1", Refused(() => lifted.Of((Tensor x) => (x, 1), staticReturns: [2])), StringComparison.Ordinal);

        var record = lifted.Of((Tensor x, Weights w) => x, [1]);
        Assert.Contains(
            "'argument 2' is declared static, but this Weights holds tensors", Refused(() => record(s_two, new(s_two, s_two, ""))),
            StringComparison.Ordinal);
        var list = lifted.Of((Tensor x, List<object> w) => x, [1]);
        Assert.Contains("'argument 2': A Tensor", Refused(() => list(s_two, [s_two])), StringComparison.Ordinal);
        var opaque = lifted.Of((Tensor x, Opaque o) => x, [1]);
        Assert.Contains("'argument 2': An Opaque", Refused(() => opaque(s_two, new())), StringComparison.Ordinal);
    }

    [Fact]
    public void EightArgumentsStayInOrder()
    {
        var f = Static.Lift(Jit.Transform).Of(
            (Tensor a, int b, Tensor c, int d, Tensor e, int f, Tensor g, int h) => (a * b, c * d, e * f, g * h));
        var result = f(F.tensor(1.0), 2, F.tensor(3.0), 4, F.tensor(5.0), 6, F.tensor(7.0), 8);
        Assert.Equal((2, 12, 30, 56), ((double)result.Item1, (double)result.Item2, (double)result.Item3, (double)result.Item4));
    }

    [Fact]
    public void TheCacheIsBoundedAndTheOldestGoes()
    {
        var counting = new Counting();
        var f = Static.Lift(counting.Transform).Of((Tensor x, int k) => x * k);
        for (var k = 0; k < Jit.DefaultCacheLimit + 3; k++)
        {
            f(s_two, k);
            f(s_two, 0);
        }

        Assert.Equal(Jit.DefaultCacheLimit + 3, counting.Applied);
        f(s_two, Jit.DefaultCacheLimit + 2);
        f(s_two, 0);
        Assert.Equal(Jit.DefaultCacheLimit + 3, counting.Applied);
        Assert.Equal(1, (double)f(s_two, 1)[0]);
        Assert.Equal(Jit.DefaultCacheLimit + 4, counting.Applied);
    }

    [Fact]
    public void AFailureLeavesNothingBehind()
    {
        // A transform that must see its function succeed: it remembers the first try.
        var applied = 0;
        var fail = true;
        var f = Static.Lift(function =>
        {
            applied++;
            var broken = false;
            return x =>
            {
                Assert.False(broken);
                broken = true;
                var result = function(x);
                broken = false;
                return result;
            };
        }).Of((Tensor x) => fail ? throw new InvalidOperationException("no") : x + 1);
        Assert.Throws<InvalidOperationException>(() => f(s_two));
        fail = false;
        Assert.Equal(2, (double)f(s_two)[0]);
        Assert.Equal(2, (double)f(s_two)[0]);
        Assert.Equal(2, applied);

        var calls = 0;
        var g = Static.Lift(_ => calls++ == 0 ? throw new InvalidOperationException("no") : x => x).Of((Tensor x) => x);
        Assert.Throws<InvalidOperationException>(() => g(s_two));
        Assert.Contains("without running", Assert.Throws<InvalidOperationException>(() => g(s_two)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongTransformsAreNamed()
    {
        string Message(Func<TensorFunction, TensorFunction> transform) =>
            Assert.ThrowsAny<Exception>(() => Static.Lift(transform).Of((Tensor x, Tensor y) => x + y, name: "sum")(s_two, s_two)).Message;
        Assert.Equal("sum: the transform gave null in place of a function.", Message(_ => null!));
        Assert.StartsWith(
            "sum: the arguments are made of 2 tensors, but the transform passed 1.", Message(f => x => f([x[0]])),
            StringComparison.Ordinal);
        Assert.Equal("sum: the transform gave 2 tensors, but the result is made of 1.", Message(f => x => [.. f(x), x[0]]));
        Assert.Equal("sum: the transformed function gave null in place of a tensor.", Message(f => x => [f(x) is null ? s_two : null!]));
        Assert.Throws<ArgumentNullException>(() => Static.Lift(null!));
        Assert.Throws<ArgumentNullException>(() => Static.Lift(Jit.Transform).Of<Tensor, Tensor>(null!));

        TensorFunction? kept = null;
        Static.Lift(f => kept = f).Of((Tensor x) => x)(s_two);
        Assert.Contains(
            "only while the lifted function is called", Assert.Throws<InvalidOperationException>(() => kept!([s_two])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void UnusableTensorsAndNullsAreRefusedOrPassed()
    {
        var f = Static.Lift(function => function).Of((Tensor? x, List<Tensor>? more) => x is null ? F.zeros([1]) : x + (more?.Count ?? 10));
        Assert.Equal((0, 11, 2), ((double)f(null, null), (double)f(s_two, null)[0], (double)f(s_two, [s_two])[0]));

        var gone = F.ones([2]);
        var give = Jit.Compile((Tensor x) => x + 1, donate: [0], name: "give");
        give.Invoke(gone);
        Assert.Contains("give", Assert.Throws<DonatedTensorException>(() => f(gone, null)).Message, StringComparison.Ordinal);
        Tensor scoped;
        using (TensorScope.Begin())
        {
            scoped = F.ones([2]) + 1;
        }

        Assert.Throws<ObjectDisposedException>(() => f(scoped, null));
        Assert.Equal(11, (double)f(s_two, null)[0]);
    }

    [Fact]
    public void CallsFromManyThreadsAgree()
    {
        var traces = 0;
        var f = Static.Lift(Jit.Transform).Of((Tensor x, int k) =>
        {
            Interlocked.Increment(ref traces);
            return (Sum: (x * k).sum(), Text: $"k{k}");
        });
        var eager = Static.Lift(function => function).Of((Tensor x, int k) => ((x * k).sum(), Text: $"k{k} {(double)x[0]}"));
        Parallel.For(0, 200, i =>
        {
            var k = i % 7;
            var (sum, text) = f(F.ones([4]), k);
            Assert.Equal((4.0 * k, $"k{k}"), ((double)sum, text));
            Assert.Equal(FormattableString.Invariant($"k{k} {i}"), eager(F.full([1], (double)i), k).Text);
        });
        Assert.Equal(7, traces);
    }
}
