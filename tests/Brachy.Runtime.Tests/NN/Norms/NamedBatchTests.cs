using Brachy.NN;
using Brachy.Tests.Ops;
using Brachy.Trees;

namespace Brachy.Tests.NN.Norms;

/// <summary>Layers whose batch is spread over the samples of a named batch, against the same layers on the whole batch.</summary>
[Trait("Category", "Quick")]
public class NamedBatchTests
{
    private const int Samples = 4;

    private static readonly Dictionary<string, (Func<DType, RunningNorm> Layer, Shape Sample)> s_norms = new()
    {
        ["BatchNorm1d"] = (dtype => new BatchNorm1d(3, dtype: dtype), [2, 3]),
        ["BatchNorm1d, one vector"] = (dtype => new BatchNorm1d(3, eps: 0.1, momentum: 0.4, dtype: dtype), [3]),
        ["BatchNorm1d of sequences"] = (dtype => new BatchNorm1d(3, dtype: dtype), [1, 3, 5]),
        ["BatchNorm1d, not affine"] = (dtype => new BatchNorm1d(3, affine: false, dtype: dtype), [2, 3]),
        ["BatchNorm1d, not tracking"] = (dtype => new BatchNorm1d(3, trackRunningStats: false, dtype: dtype), [2, 3]),
        ["BatchNorm1d, cumulative"] = (dtype => new BatchNorm1d(3, momentum: null, dtype: dtype), [2, 3]),
        ["BatchNorm2d"] = (dtype => new BatchNorm2d(3, dtype: dtype), [2, 3, 4, 2]),
        ["BatchNorm2d, one image"] = (dtype => new BatchNorm2d(3, dtype: dtype), [3, 4, 2]),
        ["BatchNorm3d"] = (dtype => new BatchNorm3d(3, dtype: dtype), [2, 3, 2, 2, 3]),
        ["BatchNorm3d, one volume"] = (dtype => new BatchNorm3d(3, dtype: dtype), [3, 2, 2, 3]),
        ["BatchNorm, last axis"] = (dtype => new BatchNorm(3, axis: -1, dtype: dtype), [2, 4, 3]),
        ["BatchNorm, one vector"] = (dtype => new BatchNorm(3, axis: -1, dtype: dtype), [3]),
        ["InstanceNorm1d, tracking"] = (dtype => new InstanceNorm1d(3, affine: true, trackRunningStats: true, dtype: dtype), [2, 3, 4]),
        ["InstanceNorm2d of a sample, tracking"] = (dtype => new InstanceNorm2d(3, trackRunningStats: true, dtype: dtype), [3, 2, 4]),
    };

    public static TheoryData<string, DType> Rows
    {
        get
        {
            var rows = new TheoryData<string, DType>();
            foreach (var name in s_norms.Keys)
            {
                rows.Add(name, DType.Float32);
                rows.Add(name, DType.Float64);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void StatisticsAreThoseOfTheWholeBatch(string row, DType dtype)
    {
        var (make, shape) = s_norms[row];
        var layer = make(dtype);
        var (tree, plain) = layer;
        var tolerance = dtype == DType.Float32 ? 1e-5 : 1e-12;
        tree = Unlike(tree);
        var xs = Make.Real([Samples, .. shape], seed: 3).to(dtype) + 2;
        var weights = Make.Real([Samples, .. shape], seed: 4).to(dtype);

        // The samples one after the other in dim 0.
        Tensor Whole(Tensor values) => values.reshape(shape.Rank == SampleRank(layer)
            ? [Samples, .. shape] : [Samples * shape[0], .. shape.Skip(1)]);
        var whole = Grad.ValueAndGrad(
            ((StructureTree Model, Tensor X) p) =>
            {
                var (next, y) = p.Model.Apply(plain, Whole(p.X));
                return ((Next: next, Y: y), Loss: (y * Whole(weights)).sum());
            },
            result => result.Loss)((tree, xs));

        var named = plain.With("batch_axis", "batch");
        var mapped = Vmap.Of((StructureTree m, Tensor x) => m.Apply(named, x), inAxes: [null, 0], outAxes: [null, 0], axisName: "batch");
        var spread = Grad.ValueAndGrad(
            ((StructureTree Model, Tensor X) p) =>
            {
                var (next, y) = mapped(p.Model, p.X);
                return ((Next: next, Y: y), Loss: (y * weights).sum());
            },
            result => result.Loss);

        foreach (var (name, found) in new[] { ("eager", spread((tree, xs))), ("compiled", Jit.Compile(spread).Invoke((tree, xs))) })
        {
            var (value, gradient) = found;
            OpCheck.AssertClose(whole.Value.Item1.Y, Whole(value.Item1.Y), tolerance, $"{name}: output");
            foreach (var (path, expected) in whole.Value.Item1.Next.Tensors())
            {
                Assert.Equal(expected.shape, value.Item1.Next[path].Tensor.shape);
                OpCheck.AssertClose(expected, value.Item1.Next[path].Tensor, tolerance, $"{name}: {path}");
            }

            OpCheck.AssertClose(whole.Grad.X, gradient.X, tolerance * 10, $"{name}: gradient of x");
            foreach (var (path, expected) in whole.Grad.Model.Tensors())
            {
                OpCheck.AssertClose(expected, gradient.Model[path].Tensor, tolerance * 10, $"{name}: gradient of {path}");
            }
        }

        if (tree.Tensors().Any(t => t.Path == "running_mean"))
        {
            // Without training nothing is shared, and the axis need not be there.
            var evaluated = tree.Apply(named.With("train_mode", false), Whole(xs)).Output;
            OpCheck.AssertClose(tree.Apply(plain.With("train_mode", false), Whole(xs)).Output, evaluated, 0, "evaluation");
        }
    }

    [Fact]
    public void HalfPrecisionKeepsItsTypes()
    {
        var (tree, config) = new BatchNorm1d(3);
        config = config.With("batch_axis", "batch");
        var xs = Make.Real([Samples, 2, 3]).to(DType.Float16);
        var (next, y) = Vmap.Of(
            (Tensor x) => tree.Apply(config, x), outAxes: [null, 0], axisName: "batch")(xs);
        var (expected, output) = tree.Apply(config.With("batch_axis", null), xs.reshape(Samples * 2, 3));
        Assert.Equal((DType.Float16, DType.Float32), (y.dtype, next["running_var"].Tensor.dtype));
        OpCheck.AssertClose(output.to(DType.Float32), y.reshape(Samples * 2, 3).to(DType.Float32), 2e-3, "output");
        OpCheck.AssertClose(expected["running_var"].Tensor, next["running_var"].Tensor, 1e-5, "variance");
    }

    [Fact]
    public void OnlyTheNamedBatchIsShared()
    {
        // Two models side by side, each over its own samples.
        var (tree, config) = new BatchNorm1d(3, dtype: DType.Float64);
        var named = config.With("batch_axis", "batch");
        var xs = Make.Real([2, Samples, 3]);
        var ofModel = Vmap.Of((Tensor x) => tree.Apply(named, x).Output, axisName: "batch");
        var ys = Vmap.Of((Tensor part) => ofModel(part), axisName: "model")(xs);
        for (var i = 0; i < 2; i++)
        {
            OpCheck.AssertClose(tree.Apply(config, xs[i]).Output, ys[i], 1e-12, $"model {i}");
        }
    }

    [Fact]
    public void ABatchOfNoSamplesLeavesTheStatistics()
    {
        var (tree, config) = new BatchNorm1d(3);
        var (next, y) = Vmap.Of(
            (Tensor x) => tree.Apply(config.With("batch_axis", "batch"), x), outAxes: [null, 0], axisName: "batch")(F.zeros([0, 2, 3]));
        Assert.Equal([0, 2, 3], y.shape);
        OpCheck.AssertClose(F.ones([3]), next["running_var"].Tensor, 0, "variance");
    }

    [Fact]
    public void WrongUsesAreRefused()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new BatchNorm1d(3);
        var named = config.With("batch_axis", "batch");
        var error = Assert.Throws<ArgumentException>(() => tree.Apply(named, F.ones([2, 3])));
        Assert.StartsWith("BatchNorm1d, whose setting batch_axis is 'batch': there is no axis", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(
            () => Vmap.Of((Tensor x) => tree.Apply(named, x).Output, axisName: "other")(F.ones([2, 2, 3])));
        Assert.Contains("there are 'other'", error.Message, StringComparison.Ordinal);
        Assert.Contains("the only sample of 'batch'", Assert.Throws<ShapeException>(
            () => Vmap.Of((Tensor x) => tree.Apply(named, x).Output, axisName: "batch")(F.ones([1, 3]))).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(
            () => Vmap.Of((Tensor x) => tree.Apply(named, x).Output, axisName: "batch")(F.ones([2, 2, 3], DType.Float64)));
        Assert.Throws<DTypeException>(
            () => Vmap.Of((Tensor x) => tree.Apply(named, x).Output, axisName: "batch")(F.ones([2, 2, 3], DType.Int64)));
        Assert.Throws<ShapeException>(() => tree.Apply(config, F.ones([3])));
        var (dropout, mode) = new Dropout();
        error = Assert.Throws<ArgumentException>(() => dropout.Apply(mode.With("batch_axis", "batch"), F.ones([2])));
        Assert.Contains("Dropout, whose setting batch_axis is 'batch'", error.Message, StringComparison.Ordinal);
    }

    internal static Dictionary<string, (Func<Module> Layer, Shape Sample)> Random { get; } = new()
    {
        ["Dropout"] = (() => new Dropout(0.5), [64]),
        ["Dropout1d"] = (() => new Dropout1d(0.5), [1, 64, 2]),
        ["Dropout2d"] = (() => new Dropout2d(0.5), [1, 64, 2, 2]),
        ["Dropout3d"] = (() => new Dropout3d(0.5), [1, 64, 2, 2, 2]),
        ["AlphaDropout"] = (() => new AlphaDropout(0.5), [64]),
        ["FeatureAlphaDropout"] = (() => new FeatureAlphaDropout(0.5), [1, 64, 2]),
        ["RReLU"] = (() => new RReLU(), [64]),
        ["CausalSelfAttention"] = (() => new CausalSelfAttention(8, 2, dropout: 0.5), [1, 6, 8]),
        ["MultiheadAttention"] = (() => new MultiheadAttention(8, 2, dropout: 0.5), [1, 6, 8]),
        ["Gru"] = (() => new Gru(8, 8, numLayers: 2, dropout: 0.5), [5, 1, 8]),
    };

    public static TheoryData<string> RandomRows => [.. Random.Keys];

    [Theory]
    [MemberData(nameof(RandomRows))]
    public void EachSampleDrawsItsOwn(string row)
    {
        using var rng = Rng.Scope(0);
        var (make, shape) = Random[row];
        var (tree, config) = make();
        var named = config.With("batch_axis", "batch");
        var x = F.neg(F.abs(Make.Real([.. shape], seed: 3).to(DType.Float32))) - 1;
        var xs = F.expand(F.unsqueeze(x, 0), [3, .. shape]);
        var mapped = Vmap.Of(
            (StructureTree m, Tensor own) => Apply(row, m, named, own), inAxes: [null, 0], outAxes: [null, 0], axisName: "batch");
        foreach (var (name, (next, ys)) in new[] { ("eager", mapped(tree, xs)), ("compiled", Jit.Compile(mapped).Invoke(tree, xs)) })
        {
            Assert.False(Same(ys[0], ys[1]) || Same(ys[1], ys[2]) || Same(ys[0], ys[2]), $"{name}: samples draw the same.");

            // The next keys are those of a plain run, and the same for all.
            var plain = Apply(row, tree, config, x).Tree;
            Assert.Equal(plain["key"].Tensor.ToArray<long>(), next["key"].Tensor.ToArray<long>());
        }
    }

    internal static (StructureTree Tree, Tensor Output) Apply(string row, StructureTree tree, GlobalConfig config, Tensor x)
    {
        switch (row)
        {
            case "MultiheadAttention":
                var (attended, (output, _)) = MultiheadAttention.Apply(tree, config, x, x, x);
                return (attended, output);
            case "Gru":
                var (state, (hidden, _)) = Gru.Apply(tree, config, x, null, null);
                return (state, hidden);
            default:
                return tree.Apply(config, x);
        }
    }

    [Fact]
    public void MasksAreThoseOfTheSamplesNumber()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Dropout(0.5);
        var xs = Make.Real([3, 64]);
        var ys = Vmap.Of((Tensor x) => tree.Apply(config.With("batch_axis", "batch"), x).Output, axisName: "batch")(xs);
        for (var i = 0; i < 3; i++)
        {
            var key = Rng.FoldIn(Rng.Split(new RngKey(tree["key"].Tensor))[1], i);
            OpCheck.AssertClose(F.dropout(xs[i], 0.5, training: true, key), ys[i], 0, $"sample {i}");
        }
    }

    private static bool Same(Tensor a, Tensor b) => F.eq(a, b).all().item<bool>();

    /// <summary>The number of dims of a sample without a batch.</summary>
    private static int SampleRank(RunningNorm layer) => layer switch
    {
        BatchNorm1d or BatchNorm => 1,
        BatchNorm2d or InstanceNorm2d => 3,
        BatchNorm3d => 4,
        _ => 0,
    };

    /// <summary>Params and buffers that tell one channel from another.</summary>
    internal static StructureTree Unlike(StructureTree tree) => tree.MapParamsBuffers((_, value) =>
        value.dtype.IsFloatingPoint() ? value + (0.1 * F.arange(value.numel()).to(value.dtype).reshape(value.shape)) : value);
}
