using Brachy.NN;
using Brachy.Tests.Ops;
using Brachy.Trees;

namespace Brachy.Tests.NN.Norms;

/// <summary>Layers that share something with all samples of several batches, one inside another, against one joined batch.</summary>
[Trait("Category", "Quick")]
public class NestedNamedBatchTests
{
    private const int Outer = 2;
    private const int Inner = 3;

    private static readonly Dictionary<string, (Func<RunningNorm> Layer, Shape Sample)> s_norms = new()
    {
        ["BatchNorm1d"] = (() => new BatchNorm1d(3, dtype: DType.Float64), [2, 3]),
        ["BatchNorm1d, cumulative"] = (() => new BatchNorm1d(3, momentum: null, dtype: DType.Float64), [2, 3]),
        ["BatchNorm2d"] = (() => new BatchNorm2d(3, dtype: DType.Float64), [1, 3, 4, 2]),
        ["BatchNorm, last axis"] = (() => new BatchNorm(3, axis: -1, dtype: DType.Float64), [2, 4, 3]),
        ["InstanceNorm1d"] = (() => new InstanceNorm1d(3, affine: true, trackRunningStats: true, dtype: DType.Float64), [2, 3, 4]),
    };

    public static TheoryData<string> NormRows => [.. s_norms.Keys];

    public static TheoryData<string> RandomRows => [.. NamedBatchTests.Random.Keys];

    [Theory]
    [MemberData(nameof(NormRows))]
    public void StatisticsAreThoseOfTheJoinedBatch(string row)
    {
        var (make, shape) = s_norms[row];
        var (tree, plain) = make();
        tree = NamedBatchTests.Unlike(tree);
        var xs = Make.Real([Outer, Inner, .. shape], seed: 3) + 2;
        var weights = Make.Real([Outer, Inner, .. shape], seed: 4);
        Tensor Joined(Tensor values) => values.reshape([Outer * Inner * shape[0], .. shape.Skip(1)]);
        Func<(StructureTree Model, Tensor X), ((StructureTree Next, Tensor Y) Value, (StructureTree Model, Tensor X) Grad)> Of(
            Func<StructureTree, Tensor, (StructureTree, Tensor)> apply, Func<Tensor, Tensor> form)
        {
            var all = Grad.ValueAndGrad(
                ((StructureTree Model, Tensor X) p) =>
                {
                    var (next, y) = apply(p.Model, form(p.X));
                    return ((Next: next, Y: y), Loss: (y * form(weights)).sum());
                },
                result => result.Loss);
            return p =>
            {
                var (value, gradient) = all(p);
                return (value.Item1, gradient);
            };
        }

        var expected = Of((m, x) => m.Apply(plain, x), Joined)((tree, xs));
        foreach (string[] names in new[] { ["outer", "inner"], new[] { "inner", "outer" } })
        {
            var spread = Of((m, x) => Nested(m, x, (own, one) => own.Apply(plain.With("batch_axis", names), one)), x => x);
            foreach (var (name, found) in new[] { ("eager", spread((tree, xs))), ("compiled", Jit.Compile(spread).Invoke((tree, xs))) })
            {
                OpCheck.AssertClose(expected.Value.Y, Joined(found.Value.Y), 1e-12, $"{name}: output");
                foreach (var (path, value) in expected.Value.Next.Tensors())
                {
                    OpCheck.AssertClose(value, found.Value.Next[path].Tensor, 1e-12, $"{name}: {path}");
                }

                OpCheck.AssertClose(expected.Grad.X, found.Grad.X, 1e-11, $"{name}: gradient of x");
                foreach (var (path, value) in expected.Grad.Model.Tensors())
                {
                    OpCheck.AssertClose(value, found.Grad.Model[path].Tensor, 1e-11, $"{name}: gradient of {path}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(RandomRows))]
    public void MasksAreThoseOfTheJoinedBatch(string row)
    {
        using var rng = Rng.Scope(0);
        var (make, shape) = NamedBatchTests.Random[row];
        var (tree, config) = make();
        var x = F.neg(F.abs(Make.Real([.. shape], seed: 3).to(DType.Float32))) - 1;
        var xs = F.expand(x, [Outer, Inner, .. shape]);
        Tensor Of(params string[] names) => Nested(
            tree, xs, (m, own) => NamedBatchTests.Apply(row, m, config.With("batch_axis", names), own)).Output;

        var joined = Vmap.Of(
            (Tensor own) => NamedBatchTests.Apply(row, tree, config.With("batch_axis", "all"), own).Output,
            axisName: "all")(F.flatten(xs, 0, 1));
        OpCheck.AssertClose(joined, F.flatten(Of("outer", "inner"), 0, 1), 1e-6, "outermost first");
        OpCheck.AssertClose(joined, F.flatten(F.transpose(Of("inner", "outer"), 0, 1), 0, 1), 1e-6, "innermost first");
        for (var i = 0; i < Outer * Inner; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.False(F.eq(joined[i], joined[j]).all().item<bool>(), $"samples {j} and {i} draw the same.");
            }
        }
    }

    [Fact]
    public void TheSettingIsOneNameOrAList()
    {
        using var rng = Rng.Scope(0);
        var layer = new Dropout();
        Assert.Equal((null, null), (layer.BatchAxes, layer.BatchAxis));
        layer.UpdateGlobalConfig("batch_axis", "a");
        Assert.Equal(["a"], layer.BatchAxes!);
        Assert.Equal("a", layer.BatchAxis);
        layer.UpdateGlobalConfig("batch_axis", new List<string> { "a", "b" });
        Assert.Equal(["a", "b"], layer.BatchAxes!);
        Assert.Null(layer.BatchAxis);
        layer.UpdateGlobalConfig("batch_axis", new object[] { "a", 2 });
        Assert.Throws<InvalidCastException>(() => layer.BatchAxes);

        // None at all is as no setting: the statistics and masks are those of x.
        var (tree, config) = new BatchNorm1d(3);
        var x = Make.Real([4, 3]).to(DType.Float32);
        var none = config.With("batch_axis", Array.Empty<string>());
        OpCheck.AssertClose(tree.Apply(config, x).Output, tree.Apply(none, x).Output, 0, "none");
    }

    [Fact]
    public void WrongNamesAreRefused()
    {
        var (tree, config) = new BatchNorm1d(3);
        Exception? Of(params string[] names) => Record.Exception(
            () => Nested(tree, F.ones([Outer, Inner, 2, 3]), (m, x) => m.Apply(config.With("batch_axis", names), x)));
        var error = Assert.IsType<ArgumentException>(Of("outer", "other"));
        Assert.StartsWith(
            "BatchNorm1d, whose setting batch_axis is ['outer', 'other']: there is no axis 'other' here", error.Message,
            StringComparison.Ordinal);
        error = Assert.IsType<ArgumentException>(Of("inner", "inner"));
        Assert.Contains("'inner' is there twice", error.Message, StringComparison.Ordinal);
    }

    /// <summary>A layer on samples of samples; the next model is the same for all.</summary>
    private static (StructureTree Next, Tensor Output) Nested(
        StructureTree tree, Tensor xs, Func<StructureTree, Tensor, (StructureTree, Tensor)> apply)
    {
        var inner = Vmap.Of(
            (StructureTree m, Tensor x) => apply(m, x), inAxes: [null, 0], outAxes: [null, 0], axisName: "inner");
        return Vmap.Of(
            (StructureTree m, Tensor part) => inner(m, part), inAxes: [null, 0], outAxes: [null, 0], axisName: "outer")(tree, xs);
    }
}
