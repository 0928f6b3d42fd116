using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Conditions that are looked at during, or after, a call.</summary>
[Trait("Category", "Quick")]
public class ChecksTests
{
    private static readonly Tensor s_good = F.tensor(new[,] { { 1.0, 2.0, 3.0 }, { 4.0, 5.0, 6.0 } });
    private static readonly Tensor s_bad = F.tensor(new[,] { { 1.0, 2.0, 3.0 }, { 4.0, -5.0, -6.0 } });

    public static TheoryData<string> Backends => ScanTests.Backends;

    [Theory]
    [MemberData(nameof(Backends))]
    public void TheFirstElementThatFailsIsNamed(string backend)
    {
        var root = Compiled(
            (Tensor x) =>
            {
                Checks.Require(x > 0, "x must be positive");
                Checks.Require((x < 100).all(), "x must be small");
                return F.sqrt(x);
            },
            backend);
        AssertClose(F.sqrt(s_good), root(s_good));
        var error = Assert.Throws<CheckFailedException>(() => root(s_bad));
        Assert.Equal("x must be positive (at [1, 1] of [2, 3])", error.Message);
        Assert.Equal("x must be small", Assert.Throws<CheckFailedException>(() => root(s_good * 50)).Message);
        Assert.Equal(backend == "eager", error.Result is null);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void ChecksInLoopsNameTheStep(string backend)
    {
        var run = Compiled(
            (Tensor x) => Loop.Scan(
                (Tensor sum, Tensor row) =>
                {
                    var inner = Loop.For(0, 3, (i, y) =>
                    {
                        Checks.Require(y.sum() < 20, "too large");
                        return y + row;
                    }, sum);
                    Checks.Require(row > 0, "row must be positive");
                    return (inner, row);
                },
                F.zeros([3], DType.Float64), x).State,
            backend);
        AssertClose(s_good.narrow(0, 0, 1).sum([0]) * 3, run(s_good.narrow(0, 0, 1)));
        var large = Assert.Throws<CheckFailedException>(() => run(s_good)).Message;
        var negative = Assert.Throws<CheckFailedException>(() => run(s_bad)).Message;

        // 18 after the first row, 33 after one step of the second.
        Assert.Equal("too large (in step 1 of a loop, in step 1 of a loop)", large);
        Assert.Equal("row must be positive (at [1] of [3], in step 1 of a loop)", negative);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void OnlyTheBranchThatRunsIsChecked(string backend)
    {
        var run = Compiled(
            (Tensor x) => Loop.Cond(
                x.sum() > 0,
                y =>
                {
                    Checks.Require(y < 6, "too large");
                    return F.log(y);
                },
                y =>
                {
                    Checks.Require(y > -6, "too small");
                    return y;
                },
                x),
            backend);
        Assert.Equal("too large (at [1, 2] of [2, 3])", Assert.Throws<CheckFailedException>(() => run(s_good)).Message);
        Assert.Equal("too small (at [1, 2] of [2, 3])", Assert.Throws<CheckFailedException>(() => run(s_bad)).Message);
        AssertClose(F.log(s_good * 0.5), run(s_good * 0.5));
        AssertClose(s_bad * 0.9, run(s_bad * 0.9));
    }

    [Fact]
    public void ACheckOfADifferentiatedFunctionHolds()
    {
        var slope = Jit.Compile(Grad.Of((Tensor x) => Loop.For(0, 2, (i, y) =>
        {
            Checks.Require(y > 0, "not positive");
            return y * x;
        }, x).sum()));
        AssertClose(3 * s_good * s_good, slope.Invoke(s_good));
        Assert.Throws<CheckFailedException>(() => slope.Invoke(s_bad));
    }

    [Fact]
    public void WhatADonatingCallGaveIsNotLost()
    {
        var step = Jit.Create(
            "step", new DonatedHandler(), Brachy.CompilerServices.TreeHandler.Tensor, (Tensor x) =>
            {
                Checks.Require(x > 0, "not positive");
                return x + 1;
            });
        var x = s_bad * 1;
        var error = Assert.Throws<CheckFailedException>(() => step.InvokeWith(x));
        AssertClose(s_bad + 1, (Tensor)error.Result!);
        Assert.Throws<DonatedTensorException>(() => x + 1);
    }

    [Fact]
    public void AMessageHasTheModuleInWhichTheCheckIs()
    {
        var (tree, config) = new CheckedModel();
        foreach (var call in new Func<object?>[]
        {
            () => CheckedModel.JitApply(tree, config, s_bad), () => CheckedModel.Apply(tree, config, s_bad),
        })
        {
            Assert.Equal(
                "not positive (at [1, 1] of [2, 3]) (in 'inner')", Assert.Throws<CheckFailedException>(() => call()).Message);
        }
    }

    private sealed class DonatedHandler : Brachy.CompilerServices.TreeHandler<Tensor>
    {
        public override void Flatten(Tensor value, Brachy.CompilerServices.TreeFlattener flattener)
        {
            flattener.Argument("x", donated: true);
            flattener.Leaf(value);
        }

        public override Tensor Unflatten(Brachy.CompilerServices.TreeUnflattener unflattener) => unflattener.Leaf()!;
    }
}

/// <summary>A module that checks its input.</summary>
[Module]
public partial class CheckedLayer
{
    /// <summary>Gives positive input back.</summary>
    public Tensor Forward(Tensor x)
    {
        Checks.Require(x > 0, "not positive");
        return x;
    }
}

/// <summary>A module around another.</summary>
[Module]
public partial class CheckedModel
{
    /// <summary>The other.</summary>
    public partial CheckedLayer Inner { get; set; }

    /// <summary>A module.</summary>
    public CheckedModel() => Inner = new();

    /// <summary>Calls the other.</summary>
    public Tensor Forward(Tensor x) => Inner.Call(x);
}
