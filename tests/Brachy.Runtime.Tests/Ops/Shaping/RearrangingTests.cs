using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Shaping functions made of others, against libtorch's own.</summary>
public class RearrangingTests
{
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, Func<torch.Tensor, torch.Tensor> Theirs)> s_cases = new()
    {
        ["roll"] = (x => x.roll(2, -1), x => x.roll(2, -1)),
        ["roll, flat"] = (x => x.roll(-5), x => x.roll(-5)),
        ["roll, several dims"] = (x => x.roll([1, -4, 2], [0, 2, 0]), x => x.roll(new long[] { 3, -4 }, new long[] { 0, 2 })),
        ["roll, far"] = (x => x.roll(long.MinValue, 1), x => x.roll(long.MinValue % 3, 1)),
        ["rot90"] = (x => x.rot90(), x => x.rot90(1, (0, 1))),
        ["rot90, twice"] = (x => x.rot90(2, 1, 2), x => x.rot90(2, (1, 2))),
        ["rot90, backwards"] = (x => x.rot90(-1, 0, -1), x => x.rot90(-1, (0, 2))),
        ["fliplr"] = (x => x.fliplr(), x => x.fliplr()),
        ["flipud"] = (x => x.flipud(), x => x.flipud()),
        ["swapaxes"] = (x => x.swapaxes(0, -1), x => x.swapaxes(0, -1)),
        ["swapdims"] = (x => x.swapdims(0, 1), x => x.swapdims(0, 1)),
        ["moveaxis"] = (x => x.moveaxis(0, 2), x => x.moveaxis([0], [2])),
        ["movedim"] = (x => x.movedim([0, 1], [-1, 0]), x => x.movedim([0, 1], [-1, 0])),
        ["squeeze"] = (x => x.unsqueeze(0).unsqueeze(2).squeeze([0, 1, 2]), x => x),
        ["ravel"] = (x => x.ravel(), x => x.ravel()),
        ["repeat_interleave"] = (x => x.repeat_interleave(2, 1), x => x.repeat_interleave(2, 1)),
        ["repeat_interleave, flat"] = (x => x.repeat_interleave(3), x => x.repeat_interleave(3)),
        ["broadcast_tensors"] = (x => F.broadcast_tensors(x[0], x)[0], x => torch.broadcast_tensors(x[0], x)[0]),
        ["meshgrid"] = (
            x => F.stack(F.meshgrid([x[0, 0], x[1, 1, ..2], x[0, 1, 0]])),
            x => TorchLists.Stack(TorchLists.Meshgrid([x[0, 0], x[1, 1].slice(0, 0, 2, 1), x[0, 1, 0]]))),
        ["meshgrid, xy"] = (
            x => F.stack(F.meshgrid([x[0, 0], x[1, 1, ..2], x[0, 1]], "xy")),
            x => TorchLists.Stack(TorchLists.Meshgrid([x[0, 0], x[1, 1].slice(0, 0, 2, 1), x[0, 1]], "xy"))),
        ["atleast"] = (
            x => F.atleast_1d(x[0, 0, 0]) + F.atleast_2d(x[0, 0]) + F.atleast_3d(x[0]).squeeze(2),
            x => x[0, 0, 0].atleast_1d() + x[0, 0].atleast_2d() + x[0].atleast_3d().squeeze(2)),
        ["hstack"] = (x => F.hstack(x, x.sin()), x => torch.hstack(x, x.sin())),
        ["hstack of vectors"] = (x => F.hstack(x[0, 0], x[0, 0, 0]), x => torch.hstack(x[0, 0], x[0, 0, 0])),
        ["vstack"] = (x => F.vstack(x[0, 0], x[0]), x => torch.vstack(new[] { x[0, 0], x[0] })),
        ["dstack"] = (x => F.dstack(x[0], x[1]), x => torch.dstack(x[0], x[1])),
        ["dstack of vectors"] = (x => F.dstack(x[0, 0], x[1, 0]), x => torch.dstack(x[0, 0], x[1, 0])),
        ["column_stack"] = (x => F.column_stack(x[0, 0], x[0, 1], x[0].T), x => torch.column_stack(x[0, 0], x[0, 1], x[0].T)),
        ["block_diag"] = (x => F.block_diag(x[0], x[0, 0], x[0, 0, 0], x[1].T), x => torch.block_diag(x[0], x[0, 0], x[0, 0, 0], x[1].T)),
        ["diag of a vector"] = (x => x[0, 0].diag(1), x => x[0, 0].diag(1)),
        ["diag of a matrix"] = (x => x[0].diag(-1), x => x[0].diag(-1)),
        ["diag_embed"] = (x => x.diag_embed(), x => x.diag_embed()),
        ["diag_embed, below, other dims"] = (x => x.diag_embed(-2, 1, 0), x => x.diag_embed(-2, 1, 0)),
        ["trace"] = (x => x[0].trace(), x => x[0].trace()),
        ["mv"] = (x => x[0].mv(x[1, 1]), x => x[0].mv(x[1, 1])),
        ["baddbmm"] = (
            x => F.ones([2], DType.Float64).baddbmm(x, x.mT, 0.5, 2), x => torch.ones(2, torch.float64).mul(0.5) + x.bmm(x.mT).mul(2)),
        ["inner"] = (x => x.inner(x[0]), x => torch.inner(x, x[0])),
        ["kron"] = (x => x[0].kron(x[1, 1]), x => torch.kron(x[0], x[1, 1])),
        ["cross"] = (x => x.cross(x[0, 1]), x => torch.linalg.cross(x, x[0, 1].expand_as(x))),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValueAndGradientAreThoseOfLibtorch(string name) =>
        CompositeCheck.ValueAndGradient(name, s_cases[name].Ours, s_cases[name].Theirs, Make.Real(
            [2, 3, 3])[.., ..(name.StartsWith("baddbmm", StringComparison.Ordinal) ? 2 : 3)]);

    [Fact]
    public void QuartersTurnFromTheFirstDimToTheSecond()
    {
        var x = F.tensor(new[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        Assert.Equal([3, 6, 2, 5, 1, 4], x.rot90().ToArray<int>());
        Assert.Equal([6, 5, 4, 3, 2, 1], x.rot90(-2).ToArray<int>());
        Assert.Equal([4, 1, 5, 2, 6, 3], x.rot90(3).ToArray<int>());
        Assert.Equal([1, 2, 3, 4, 5, 6], x.rot90(4).ToArray<int>());
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        var x = F.ones([2, 3]);
        Assert.Throws<ShapeException>(() => x.roll([1], [0, 1]));
        Assert.Throws<ShapeException>(() => x.roll(1, 2));
        Assert.Throws<ShapeException>(() => F.ones([]).roll(1, 0));
        Assert.Throws<ShapeException>(() => x.rot90(1, 0, -2));
        Assert.Throws<ShapeException>(() => x[0].fliplr());
        Assert.Throws<ShapeException>(() => F.ones([]).flipud());
        Assert.Throws<ShapeException>(() => x.movedim([0], [0, 1]));
        Assert.Throws<ShapeException>(() => x.movedim([0, 0], [0, 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.repeat_interleave(-1));
        Assert.Throws<ShapeException>(() => x.repeat_interleave(2, 2));
        Assert.Throws<ShapeException>(() => x.repeat_interleave(long.MaxValue, 0));
        Assert.Throws<ShapeException>(() => F.broadcast_tensors(x, F.ones([2])));
        Assert.Throws<ArgumentException>(() => F.meshgrid([x[0]], "yx"));
        Assert.Throws<ArgumentException>(() => F.meshgrid([]));
        Assert.Throws<ShapeException>(() => F.meshgrid([x]));
        Assert.Throws<ShapeException>(() => F.hstack());
        Assert.Throws<ArgumentNullException>(() => F.vstack(x, null!));
        Assert.Throws<ShapeException>(() => F.block_diag(F.ones([1, 1, 1])));
        Assert.Throws<ShapeException>(() => x.diagonal(0, 0, -2));
        Assert.Throws<ShapeException>(() => x.diagonal(0, 0, 2));
        Assert.Throws<ShapeException>(() => x.diagonal_scatter(F.ones([3])));
        Assert.Throws<ShapeException>(() => x.diag_embed(long.MinValue));
        Assert.Throws<ShapeException>(() => x.diag_embed(0, 1, -2));
        Assert.Throws<ShapeException>(() => F.ones([2, 2, 2]).diag());
        Assert.Throws<ShapeException>(() => x[0].trace());
        Assert.Throws<ShapeException>(() => x.mv(x));
        Assert.Throws<ShapeException>(() => x.inner(F.ones([2])));
        Assert.Throws<ShapeException>(() => x.cross(x, 0));
    }
}
