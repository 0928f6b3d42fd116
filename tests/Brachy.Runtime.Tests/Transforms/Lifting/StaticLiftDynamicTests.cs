using Brachy.Trees;

namespace Brachy.Tests.Transforms;

/// <summary>Lifted functions whose arguments, positional and named, are known only when the program runs.</summary>
public class StaticLiftDynamicTests
{
    private static readonly Tensor s_ones = F.ones([1]);

    private static Dictionary<string, object?> Named(params (string Name, object? Value)[] items) =>
        items.ToDictionary(i => i.Name, i => i.Value);

    [Fact]
    public void DictionariesAndListsAreTakenApartByWhatTheyHold()
    {
        var traces = 0;
        var f = Static.Lift(Jit.Transform).OfDynamic((a, _) =>
        {
            traces++;
            var (x, y) = ((Dictionary<string, object?>)a[0]!, (Dictionary<string, object?>)a[1]!);
            return new Dictionary<string, object?> { ["a"] = (string)x["q"]! == "go" ? x["a"] : 2 * (Tensor)y["a"]!, ["b"] = y["b"] };
        });
        var x = Named(("q", "stop"), ("a", F.ones([3])));
        var y = Named(("a", F.ones([5])), ("b", new List<object?> { "hello", 7 }));
        var z = (Dictionary<string, object?>)f([x, y])!;
        x["a"] = F.zeros([3]);
        ((List<object?>)z["b"]!).Add("changed");
        z = (Dictionary<string, object?>)f([x, y])!;
        Assert.Equal([2f, 2, 2, 2, 2], ((Tensor)z["a"]!).ToArray<float>());
        Assert.Equal(["hello", 7], (List<object?>)z["b"]!);
        Assert.Equal(1, traces);

        x["q"] = "go";
        Assert.Equal([0f, 0, 0], ((Tensor)((Dictionary<string, object?>)f([x, y])!)["a"]!).ToArray<float>());
        Assert.Equal(2, traces);
    }

    [Fact]
    public void ExplicitStaticsByPositionAndNameAreComparedByContent()
    {
        var traces = 0;
        var f = Static.Lift(Jit.Transform).OfDynamic(
            (a, named) =>
            {
                traces++;
                var z = (Dictionary<string, object?>)(a.Length > 2 ? a[2] : named["z"])!;
                var w = (List<int>)(a.Length > 2 ? a[3] : named["w"])!;
                var q = (Tensor)(a.Length > 2 ? a[4] : named["q"])!;
                return (bool)((Dictionary<string, object?>)z["x"]!)["y"]! ? (Tensor)a[0]! + w[3] + q
                    : (bool)((Dictionary<string, object?>)a[1]!)["a"]! ? -(Tensor)a[0]! - w[1] - q : a[0];
            },
            staticArguments: [1],
            staticNames: ["z", "w"]);
        var (zeros, y) = (F.zeros([1]), Named(("a", true)));
        var z = Named(("x", Named(("y", true))));
        var w = new List<int> { 1, 2, 3, 4 };
        void Expect(double value, int count, object? result)
        {
            Assert.Equal(value, (double)(Tensor)result!);
            Assert.Equal(count, traces);
        }

        Expect(6, 1, f([s_ones, y, z, w, s_ones]));
        Expect(4, 1, f([zeros, y, z, w, zeros]));
        ((Dictionary<string, object?>)z["x"]!)["y"] = false;
        Expect(-2, 2, f([zeros, y, z, w, zeros]));
        var otherZ = Named(("x", Named(("y", false))));
        Expect(-2, 2, f([zeros, Named(("a", true)), otherZ, w, zeros]));
        otherZ["p"] = 5;
        Expect(-2, 3, f([zeros, y, otherZ, w, zeros]));
        Expect(-2, 4, f([zeros, y], Named(("z", otherZ), ("w", w), ("q", zeros))));
        Expect(-2, 4, f([zeros, y], Named(("q", zeros), ("w", w), ("z", otherZ))));
        y["a"] = false;
        Expect(0, 5, f([zeros, y], Named(("z", otherZ), ("w", w), ("q", zeros))));
        Expect(1, 5, f([s_ones, Named(("a", false))], Named(("z", otherZ), ("w", w), ("q", zeros))));
    }

    [Fact]
    public void NamedTreesKeepTheirOwnStaticParts()
    {
        var traces = 0;
        var f = Static.Lift(Jit.Transform).OfDynamic((_, named) =>
        {
            traces++;
            var (left, right) = ((StructureTree)named["left"]!, (StructureTree)named["right"]!);
            left.Buffers["n"] = left.Params["w"].Tensor * (int)left.Aux["factor"]! + right.Params["v"].Tensor * (int)right.Aux["factor"]!;
            return new object?[] { left, right, named["config"] };
        });
        var apply = new ApplyFn<Tensor, Tensor>("right", (_, _, x) => x);
        StructureTree Left(int factor) => new() { Params = { ["w"] = s_ones }, Aux = { ["factor"] = factor } };
        StructureTree Right(int factor) => new() { Params = { ["v"] = s_ones }, Aux = { ["factor"] = factor }, ApplyFn = apply };
        foreach (var (l, r, count) in new[] { (2, 3, 1), (3, 2, 2), (2, 3, 2), (2, 4, 3) })
        {
            var result = (object?[])f([], Named(("right", Right(r)), ("left", Left(l)), ("config", GlobalConfig.Empty)))!;
            var (left, right) = ((StructureTree)result[0]!, (StructureTree)result[1]!);
            Assert.Equal((l + r, l, r, count), ((int)(double)left.Buffers["n"].Tensor, left.Aux["factor"], right.Aux["factor"], traces));
            Assert.Null(left.ApplyFn);
            Assert.Same(apply, right.ApplyFn);
            Assert.Equal(GlobalConfig.Empty, result[2]);
        }
    }

    [Fact]
    public void ResultsOfEveryKindComeBackAsTheyWere()
    {
        var f = Static.Lift(function => function).OfDynamic((a, named) => new object?[] { a, named["x"], null });
        object?[] items =
        [
            s_ones, new Weights(s_ones, s_ones, "w"), new RngKey(F.tensor(3L)), (TreeValue)s_ones, new[] { s_ones },
            new List<Tensor> { s_ones },
            new Dictionary<string, Tensor> { ["k"] = s_ones }, new StructureTree(), new List<object?> { s_ones, 1 }, 3, "text",
            DayOfWeek.Friday,
            new[] { 1, 2 }, null,
        ];
        var result = (object?[])f(items, Named(("x", items)))!;
        foreach (var list in new[] { (object?[])result[0]!, (object?[])result[1]! })
        {
            Assert.Equal(items.Select(i => i?.GetType()), list.Select(i => i?.GetType()));
            Assert.Equal("w", ((Weights)list[1]!).Name);
            Assert.Equal([1, 2], (int[])list[12]!);
            Assert.True(((TreeValue)list[3]!).IsTensor);
        }

        Assert.Null(result[2]);
    }

    [Fact]
    public void StaticReturnsAreNotTakenApart()
    {
        var f = Static.Lift(Jit.Transform).OfDynamic(
            (a, _) => new object?[] { a[0], new Dictionary<string, object?> { ["f"] = 0, ["g"] = false } }, staticReturns: [1]);
        for (var i = 0; i < 2; i++)
        {
            var z = (Dictionary<string, object?>)((object?[])f([s_ones])!)[1]!;
            Assert.Equal((0, false), (z["f"], z["g"]));
        }

        var tensor = Static.Lift(Jit.Transform).OfDynamic((a, _) => a[0], staticReturns: [0]);
        Assert.Contains("'result'", Assert.Throws<ArgumentException>(() => tensor([s_ones])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeTakenIsNamed()
    {
        var f = Static.Lift(Jit.Transform).OfDynamic((a, _) => a[0], staticArguments: [1], staticNames: ["mode"]);
        string Refused(object?[] arguments, params (string, object?)[] named) =>
            Assert.Throws<ArgumentException>(() => f(arguments, Named(named))).Message;
        Assert.Contains("'argument 2' is declared static, but this Tensor", Refused([s_ones, s_ones]), StringComparison.Ordinal);
        Assert.Contains(
            "'mode' is declared static, but this Weights holds tensors", Refused([s_ones], ("mode", new Weights(s_ones, s_ones, ""))),
            StringComparison.Ordinal);
        Assert.Contains("'other': A StaticLiftDynamicTests", Refused([s_ones], ("other", this)), StringComparison.Ordinal);
        Assert.Contains("'argument 1.0': A Tensor", Refused([new List<object?> { (s_ones, 1.5m) }]), StringComparison.Ordinal);
        var endless = new List<object?>();
        endless.Add(endless);
        Assert.Contains("'argument 1.0' is below itself", Refused([endless]), StringComparison.Ordinal);
        Assert.Contains("'argument 2.0' is below itself", Refused([s_ones, endless]), StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => f(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => Static.Lift(Jit.Transform).OfDynamic((a, _) => a[0], staticArguments: [-1]));
    }

    [Fact]
    public void GradientsByChosenArguments()
    {
        var gradient = Static.LiftGradient(Grad.Transform);
        Func<object?[], IReadOnlyDictionary<string, object?>, Tensor> loss = (a, named) =>
            ((Tensor)((Dictionary<string, object?>)a[0]!)["w"]! * (Tensor)a[1]! * (Tensor)a[2]! * (int)named["k"]!).sum();
        object?[] arguments = [Named(("w", F.tensor(2.0)), ("name", "n")), F.tensor(3.0), F.tensor(5.0)];
        var first = (Dictionary<string, object?>)gradient.OfDynamic(loss)(arguments, Named(("k", 7)))!;
        Assert.Equal((105, "n"), ((double)(Tensor)first["w"]!, first["name"]));
        var several = (object?[])gradient.OfDynamic(loss, [0, 2])(arguments, Named(("k", 7)))!;
        Assert.Equal((105, 42), ((double)(Tensor)((Dictionary<string, object?>)several[0]!)["w"]!, (double)(Tensor)several[1]!));

        var both = Static.LiftValueAndGradient(Grad.ValueTransform).OfDynamic(
            (a, named) => new object?[] { loss(a, named), named["k"] }, r => (Tensor)((object?[])r!)[0]!, differentiated: [1]);
        var (value, grad) = both(arguments, Named(("k", 7)));
        Assert.Equal((210, 7, 70), ((double)(Tensor)((object?[])value!)[0]!, ((object?[])value)[1], (double)(Tensor)grad!));

        Assert.Throws<ArgumentOutOfRangeException>(() => gradient.OfDynamic(loss, [2, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => gradient.OfDynamic(loss, []));
        Assert.Throws<ArgumentException>(() => gradient.OfDynamic(loss, [1], staticArguments: [1]));
        Assert.Contains(
            "by argument 9", Assert.Throws<ArgumentException>(() => gradient.OfDynamic(loss, [8])(arguments, Named(("k", 7)))).Message,
            StringComparison.Ordinal);
    }
}
