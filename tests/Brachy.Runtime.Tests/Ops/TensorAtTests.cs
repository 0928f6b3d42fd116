using Brachy.Extending;
using TorchSharp;
using TorchIndex = TorchSharp.torch.TensorIndex;

namespace Brachy.Tests.Ops;

/// <summary>What x.at[…].set gives, against PyTorch's assignment to brackets; and several tensors inside brackets.</summary>
[Trait("Category", "Quick")]
public class TensorAtTests
{
    private static readonly torch.Tensor s_rows = torch.tensor(new long[] { 3, 0, 1 });
    private static readonly torch.Tensor s_columns = torch.tensor(new long[] { -1, 1, 0 });
    private static readonly torch.Tensor s_grid = torch.tensor(new long[] { 4, 2 }, [2, 1]);

    private static readonly (string Name, TensorIndex[] Ours, TorchIndex[] Theirs)[] s_table =
    [
        ("0", [0], [TorchIndex.Single(0)]),
        ("^1, 1", [^1, 1], [TorchIndex.Single(-1), TorchIndex.Single(1)]),
        ("1..3", [1..3], [TorchIndex.Slice(1, 3)]),
        ("..", [Range.All], [TorchIndex.Slice()]),
        ("1..3, 0, ^2..", [1..3, 0, ^2..], [TorchIndex.Slice(1, 3), TorchIndex.Single(0), TorchIndex.Slice(-2)]),
        ("::2, 1:", [TensorIndex.Slice(step: 2), TensorIndex.Slice(1)], [TorchIndex.Slice(null, null, 2), TorchIndex.Slice(1)]),
        ("3..3", [3..3], [TorchIndex.Slice(3, 3)]),
        ("..., 1", [TensorIndex.Ellipsis, 1], [TorchIndex.Ellipsis, TorchIndex.Single(1)]),
        ("0, None, ..2", [0, TensorIndex.None, Range.EndAt(2)], [TorchIndex.Single(0), TorchIndex.None, TorchIndex.Slice(null, 2)]),
        ("2, 3, 1", [2, 3, 1], [TorchIndex.Single(2), TorchIndex.Single(3), TorchIndex.Single(1)]),
        ("rows", [(Tensor)s_rows], [TorchIndex.Tensor(s_rows)]),
        ("rows, columns", [(Tensor)s_rows, (Tensor)s_columns], [TorchIndex.Tensor(s_rows), TorchIndex.Tensor(s_columns)]),
        ("grid, columns", [(Tensor)s_grid, (Tensor)s_columns], [TorchIndex.Tensor(s_grid), TorchIndex.Tensor(s_columns)]),
        ("1.., .., columns", [1.., Range.All, (Tensor)s_columns], [TorchIndex.Slice(1), TorchIndex.Slice(), TorchIndex.Tensor(s_columns)]),
        (".., rows, columns", [Range.All, (Tensor)s_rows, (Tensor)s_columns],
            [TorchIndex.Slice(), TorchIndex.Tensor(s_rows), TorchIndex.Tensor(s_columns)]),
        ("rows, .., columns", [(Tensor)s_rows, Range.All, (Tensor)s_columns],
            [TorchIndex.Tensor(s_rows), TorchIndex.Slice(), TorchIndex.Tensor(s_columns)]),
        ("rows, 1..3, columns", [(Tensor)s_rows, 1..3, (Tensor)s_columns],
            [TorchIndex.Tensor(s_rows), TorchIndex.Slice(1, 3), TorchIndex.Tensor(s_columns)]),
        ("0, rows", [0, (Tensor)s_rows], [TorchIndex.Single(0), TorchIndex.Tensor(s_rows)]),
        ("..., rows", [TensorIndex.Ellipsis, (Tensor)s_columns], [TorchIndex.Ellipsis, TorchIndex.Tensor(s_columns)]),
    ];

    public static TheoryData<string> Names => [.. s_table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void ReadsWhatBracketsRead(string name)
    {
        // TorchSharp hands arrays of tensors to native code without keeping them; a scope does.
        using var scope = torch.NewDisposeScope();
        var (ours, theirs) = Indices(name);
        var x = Make.Real([5, 4, 3]);
        OpCheck.AssertClose(x.AsTorch()[theirs], x[ours], 0, name);
        OpCheck.AssertClose(x.AsTorch()[theirs], x.at[ours].get(), 0, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void SetsWhatAnAssignmentSets(string name)
    {
        using var scope = torch.NewDisposeScope();
        var (ours, theirs) = Indices(name);
        var x = Make.Real([5, 4, 3]);
        var value = Make.Real(x[ours].shape, seed: 5);
        foreach (var v in new[] { value, F.tensor(7.5, DType.Float64), 2.5 })
        {
            var expected = x.AsTorch().clone();
            expected[theirs] = v.AsTorch().to(torch.float64);
            OpCheck.AssertClose(expected, x.at[ours].set(v), 0, name);
        }

        OpCheck.AssertClose(x.at[ours].set(x[ours] + value), x.at[ours].add(value), 1e-12, name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void GradientsGoToWhatIsLeftAndToTheValue(string name)
    {
        using var scope = torch.NewDisposeScope();
        var (ours, theirs) = Indices(name);
        Tensor[] inputs = [Make.Real([5, 4, 3]), Make.Real(Make.Real([5, 4, 3])[ours].shape, seed: 5)];
        var leaves = Array.ConvertAll(inputs, x => x.AsTorch().clone().requires_grad_());
        var changed = leaves[0].clone();
        changed[theirs] = leaves[1];
        var weights = Make.Real([5, 4, 3], seed: 6);
        var expected = torch.autograd.grad([changed * changed], leaves, [weights.AsTorch()]);
        var (_, actual) = Pullback.Differentiate(
            inputs,
            x =>
            {
                var y = x[0].at[ours].set(x[1]);
                return y * y;
            },
            y => ([y], [weights]));
        OpCheck.AssertClose(expected[0], actual[0] ?? F.zeros_like(inputs[0]), 1e-12, name);
        OpCheck.AssertClose(expected[1], actual[1]!, 1e-12, name);
    }

    [Fact]
    public void RepeatedElementsAreAllAdded()
    {
        var x = F.zeros([3]);
        Assert.Equal([2, 0, 1f], x.at[F.tensor([0L, 0, 2])].add(1).ToArray<float>());
    }

    [Fact]
    public void AMaskSetsWhereItIsTrue()
    {
        var x = Make.Real([4, 3]);
        var expected = x.AsTorch().clone();
        expected[x.AsTorch().gt(0)] = torch.tensor(9.0, torch.float64);
        OpCheck.AssertClose(expected, x.at[x > 0].set(9), 0, "elements");
        var rows = Tensor.FromArray([true, false, false, true], [4]);
        OpCheck.AssertClose(F.where(rows.reshape(4, 1), x + F.tensor([1.0, 2, 3]), x), x.at[rows].add(F.tensor([1.0, 2, 3])), 0, "rows");
        Assert.Throws<ShapeException>(() => x.at[F.ones([3], DType.Bool)].set(0));
        Assert.Throws<ShapeException>(() => x.at[rows].set(x));
    }

    [Fact]
    public void TheValueIsCast()
    {
        var x = F.zeros([2], DType.Int64);
        Assert.Equal([0, 2L], x.at[1].set(2.75).ToArray<long>());
        Assert.Equal(DType.Float16, F.zeros([2], DType.Float16).at[..1].set(F.ones([1])).dtype);
    }

    [Fact]
    public void CompiledItGivesTheSame()
    {
        var f = Jit.Compile((Tensor x, Tensor rows) => x.at[1..3, 0].set(5).at[rows, 1].add(x[rows, 2]));
        var (x, rows) = (Make.Real([4, 3]), F.tensor([0L, 3, 0]));
        OpCheck.AssertClose(x.at[1..3, 0].set(5).at[rows, 1].add(x[rows, 2]), f.Invoke(x, rows), 1e-12, "compiled");
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        var x = Make.Real([2, 3]);
        Assert.Contains(
            "shapes [2] and [3] do not broadcast", Assert.Throws<ShapeException>(() => x.at[0].set(F.ones([2]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "does not broadcast to [3]", Assert.Throws<ShapeException>(() => x.at[0].set(F.ones([2, 3]))).Message,
            StringComparison.Ordinal);
        Assert.Contains("index 2 is out of range", Assert.Throws<ShapeException>(() => x.at[2].set(0)).Message, StringComparison.Ordinal);
        Assert.Contains("only 2 dims", Assert.Throws<ShapeException>(() => x.at[0, 0, 0].set(0)).Message, StringComparison.Ordinal);
        Assert.Contains("uint8", Assert.Throws<DTypeException>(() => x.to(DType.UInt8).at[0].set(300)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => x.at[0].set(null!));
        Assert.Throws<DTypeException>(() => x.at[x].set(0));
        Assert.Throws<ShapeException>(() => x.at[F.tensor([0L]), F.tensor([0L])].set(F.ones([2])));
        Assert.Throws<ShapeException>(() => x[F.tensor([0L, 1]), F.tensor([0L, 1, 0])]);
        Assert.Throws<NativeOpException>(() => x[F.tensor([2L]), F.tensor([0L])]);
    }

    [Fact]
    public void IndexPutTakesNullForAWholeDim()
    {
        var x = Make.Real([5, 4, 3]);
        Tensor columns = s_columns;
        var value = Make.Real([5, 4, 3], seed: 5);
        OpCheck.AssertClose(x.at[.., .., columns].set(value), x.index_put([null, null, columns], value), 0, "set");
        OpCheck.AssertClose(x.at[columns].add(1), x.index_put([columns], 1, accumulate: true), 0, "add");
        OpCheck.AssertClose(x.at[.., columns.@int()].set(1), x.index_put([null, columns.@int()], 1), 0, "int32");
        Assert.Throws<ShapeException>(() => x.index_put([null], value));
        Assert.Throws<ShapeException>(() => x.index_put([null, null, null, columns], value));
        Assert.Throws<ShapeException>(() => x.index_put([x > 0], value));
        Assert.Throws<ShapeException>(() => x.index_put([columns], F.ones([2, 2], DType.Float64)));
    }

    private static (TensorIndex[] Ours, TorchIndex[] Theirs) Indices(string name)
    {
        var (_, ours, theirs) = s_table.Single(r => r.Name == name);
        return (ours, theirs);
    }
}
