using Brachy.Compilation;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Ranks.Program;

namespace Brachy.Ranks.Tests;

/// <summary>Data-parallel steps of a program of one rank: what they mean, and what they refuse.</summary>
public class DataParallelTests
{
    private static readonly Tensor s_x = F.reshape(F.arange(0, 12, dtype: DType.Float32), [4, 3]) / 10;
    private static readonly Tensor s_y = F.tensor(new[] { 1f, 0, 1, 0 });

    private static (StructureTree Model, GlobalConfig Config) Net()
    {
        using var rng = Rng.Scope(1);
        var (model, config) = new Linear(3, 1);
        return (model, config);
    }

    private static (StructureTree, Tensor) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var scores) = Linear.Apply(model, config, x);
        return (model, F.square(F.squeeze(scores, 1) - y).mean());
    }

    private static Func<StructureTree, StructureTree, Tensor, Tensor, (StructureTree, StructureTree, Tensor)> Step(
        GlobalConfig optConfig, GlobalConfig config) => (opt, model, x, y) =>
            Optimizer.Step(opt, optConfig, model, current => Loss(current, config, x, y));

    [Fact]
    public void OneRankComputesWhatAPlainStepComputes()
    {
        var (model, config) = Net();
        var (opt, optConfig) = new AdamW(model, lr: 0.1);
        var plain = Jit.Compile(Step(optConfig, config));
        var parallel = Jit.Compile(Step(optConfig, config)).DataParallel("data");
        var (a, b, c) = plain.Invoke(opt, model, s_x, s_y);
        var (d, e, f) = parallel.Invoke(opt, model, s_x, s_y);
        Compare.Close(a, d, 0);
        Compare.Close(b, e, 0);
        Assert.Equal(c.item<float>(), f.item<float>());
        Assert.DoesNotContain("all_reduce", parallel.Graph!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TreesThatDependOnTheBatchAloneAreRefused()
    {
        var (model, config) = Net();
        var step = Jit.Compile((StructureTree m, Tensor x) => m.MapParamsBuffers((_, p) => p + x.mean())).DataParallel();
        var error = Assert.Throws<InvalidOperationException>(() => step.Invoke(model, s_x));
        Assert.Contains("weight' depends on the rank's own share of the batch", error.Message, StringComparison.Ordinal);
        Assert.Contains("F.pmean", error.Message, StringComparison.Ordinal);

        var mended = Jit.Compile((StructureTree m, Tensor x) => m.MapParamsBuffers((_, p) => p + F.pmean(x.mean(), Rank.Axis)))
            .DataParallel();
        mended.Invoke(model, s_x);
    }

    [Fact]
    public void GradientsByHandAreMeansToo()
    {
        var (model, config) = Net();
        var step = Jit.Compile((StructureTree m, Tensor x, Tensor y, Tensor lr) =>
        {
            var (loss, grads) = Grad.TreeValueAndGrad(current => Loss(current, config, x, y).Item2)(m);
            return (m.WithParams(StructureTree.MapRows((_, row) => row[0] - (row[1] * lr), [m.GetParams(), grads], "")), loss.sum());
        }).DataParallel();
        var (updated, _) = step.Invoke(model, s_x, s_y, F.tensor(0.1f));
        Assert.NotEmpty(updated.Tensors());
    }

    [Fact]
    public void LoopsKeepTreesEqualWhenTheirStepsDo()
    {
        var (model, config) = Net();
        var (opt, optConfig) = new SGD(model, lr: 0.1);
        var steps = Jit.Compile((StructureTree o, StructureTree m, Tensor xs, Tensor ys) => Control.Scan(
            ((StructureTree Opt, StructureTree Model) state, (Tensor X, Tensor Y) batch) =>
            {
                var (newOpt, newModel, loss) = Optimizer.Step(
                    state.Opt, optConfig, state.Model, current => Loss(current, config, batch.X, batch.Y));
                return ((newOpt, newModel), loss);
            },
            (o, m), (xs, ys)).State).DataParallel();
        var (_, trained) = steps.Invoke(opt, model, F.stack([s_x, s_x]), F.stack([s_y, s_y]));
        Assert.NotEmpty(trained.Tensors());

        var wrong = Jit.Compile((StructureTree m, Tensor xs) => Control.Scan(
            (StructureTree state, Tensor x) => (state.MapParamsBuffers((_, p) => p + x.mean()), x.sum()), m, xs).State).DataParallel();
        Assert.Throws<InvalidOperationException>(() => wrong.Invoke(model, F.stack([s_x, s_x])));
    }

    /// <summary>Whether a rank comes to an exchange may depend on what all have, not on its own batch.</summary>
    [Fact]
    public void ExchangesThatNotAllRanksComeToAreRefused()
    {
        Refused(x => Control.Cond(x.sum() > 0, y => F.psum(y, Rank.Axis), y => y, x), "switch", "which branch runs");
        Refused(
            x => Control.While((Tensor s) => s.sum() < 9, s => s + F.psum(F.abs(s), Rank.Axis) + 1, x), "while", "how often its body runs");
        Refused(
            x => Control.Scan(
                (Tensor c, Tensor row) => (Control.Cond(c.sum() > 0, y => F.psum(y, Rank.Axis), y => y, c), row), x[0], x).State,
            "switch", "which branch runs");

        // The sum of all ranks decides for all.
        Jit.Compile((Tensor x) => Control.Cond(F.psum(x, Rank.Axis).sum() > 0, y => F.psum(y, Rank.Axis), y => y, x)).DataParallel()
            .Invoke(s_x);

        static void Refused(Func<Tensor, Tensor> function, string what, string decides)
        {
            var error = Assert.Throws<InvalidOperationException>(() => Jit.Compile(function).DataParallel().Invoke(s_x));
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
            Assert.Contains($"{decides} depends on the rank's own share", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Of what is recomputed for the gradient, only what depends on the batch is a rank's own.</summary>
    [Fact]
    public void ValuesUnderNewNamesAreWhatTheyWere()
    {
        var (model, _) = Net();
        var step = Jit.Compile((StructureTree m, Tensor x) =>
        {
            var both = Grad.Checkpoint(((Tensor P, Tensor X) of) => (F.tanh(of.P), F.tanh(of.X)));
            Tensor? own = null;
            var gradients = m.MapParamsBuffers((_, p) => Grad.Of((Tensor v) =>
            {
                (var result, own) = both((v, x));
                return result.sum();
            })(p));
            return gradients;
        }).DataParallel();
        Assert.NotEmpty(step.Invoke(model, s_x).Tensors());
    }

    [Fact]
    public void TheAxisHasTheNameOfTheStep()
    {
        var step = Jit.Compile((Tensor x) => F.pmean(x, "data") + F.psum(x, Rank.Axis)).DataParallel("data");
        Assert.Equal(s_x.sum().item<float>() * 2, step.Invoke(s_x.sum()).item<float>());
        var error = Assert.Throws<ArgumentException>(() => Jit.Compile((Tensor x) => F.pmean(x, "data")).Invoke(s_x));
        Assert.Contains("no axis 'data'", error.Message, StringComparison.Ordinal);
        Assert.Contains($"\"{Rank.Axis}\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SlicedStateTrainsAsWholeStateDoes()
    {
        var (model, config) = Net();
        var (whole, wholeConfig) = new DataParallel(new ClipGradNorm(new AdamW(model, lr: 0.1), maxNorm: 0.1));
        var (sliced, slicedConfig) = new ZeroRedundancyOptimizer(
            model, slices => new ClipGradNorm(new AdamW(slices, lr: 0.1), maxNorm: 0.1));
        var (a, b) = (Jit.Compile(Step(wholeConfig, config)), Jit.Compile(Step(slicedConfig, config)).DataParallel());
        var (first, second) = (model, model);
        for (var i = 0; i < 5; i++)
        {
            (whole, first, var loss) = a.Invoke(whole, first, s_x, s_y);
            (sliced, second, var other) = b.Invoke(sliced, second, s_x, s_y);
            Compare.Close(loss, other, 1e-6, $"loss {i}");
        }

        Compare.Close(first, second, 1e-6);

        // Whole state is that of an optimizer of the model; slices of it are what they were.
        var gathered = ZeroRedundancyOptimizer.Gather(sliced);
        var moments = gathered.Tensors().Where(t => t.Path.EndsWith("exp_avg.weight", StringComparison.Ordinal)).Single();
        Assert.Equal([1, 3], moments.Tensor.shape);
        Compare.Close(sliced, ZeroRedundancyOptimizer.Slice(gathered), 0);
        Compare.Close(gathered, ZeroRedundancyOptimizer.Gather(gathered), 0);
        Assert.Throws<ArgumentException>(() => ZeroRedundancyOptimizer.Gather(whole));
        Assert.Throws<ArgumentException>(() => new ZeroRedundancyOptimizer(model, slices => new LBFGS(slices)));
    }

    /// <summary>The scale of the loss is one number for all params, whatever a param is called.</summary>
    [Fact]
    public void NumbersBesideTheStateOfParamsAreNotCut()
    {
        var (model, config) = new ScaledNet();
        var (opt, _) = new ZeroRedundancyOptimizer(model, slices => new LossScaling(new AdamW(slices, lr: 0.1)));
        var gathered = ZeroRedundancyOptimizer.Gather(opt);
        var sliced = ZeroRedundancyOptimizer.Slice(gathered);
        Assert.Equal(opt.Tensors().Select(t => (t.Path, $"{t.Tensor.shape}")), sliced.Tensors().Select(t => (t.Path, $"{t.Tensor.shape}")));
        Assert.Contains(gathered.Tensors(), t => t.Path.EndsWith("exp_avg.scale", StringComparison.Ordinal) && t.Tensor.ndim == 0);
        Assert.Contains(sliced.Tensors(), t => t.Path.EndsWith("exp_avg.scale", StringComparison.Ordinal) && t.Tensor.ndim == 1);
    }
}
