using Brachy.Optim;
using Brachy.Trees;

namespace Brachy.Tests.Optim;

public class GradientAccumulationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void SeveralCallsAreOneStepOnTheWholeBatch(bool average)
    {
        var (model, config, x, y) = ToyTraining.Make();
        var lr = average ? 0.1 : 0.1 / 4;
        var (opt, optConfig) = new GradientAccumulation(new SGD(model, lr, momentum: 0.9), model, 4, average);
        var (wholeOpt, wholeConfig) = new SGD(model, 0.1, momentum: 0.9);
        var (whole, accumulated) = (model, ToyTraining.Saved(model));
        var step = ToyTraining.Compile();
        var (xs, ys) = (F.chunk(x, 4), F.chunk(y, 4));
        for (var i = 0; i < 12; i++)
        {
            var before = ToyTraining.Bits(accumulated.GetParams());
            (opt, accumulated, _) = step.Invoke(opt, optConfig, accumulated, config, F.clone(xs[i % 4]), F.clone(ys[i % 4]));
            Assert.Equal(i + 1, (long)accumulated.Buffers["calls"].Tensor);
            Assert.Equal(i % 4 != 3, before.SequenceEqual(ToyTraining.Bits(accumulated.GetParams())));
            Assert.Equal((i + 1) / 4, (double)opt.Submodules["inner"].Buffers["step"].Tensor);
            if (i % 4 == 3)
            {
                (wholeOpt, whole, _) = ToyTraining.Step(wholeOpt, wholeConfig, whole, config, x, y);
                ToyTraining.AssertClose(whole.GetParams(), accumulated.GetParams(), 1e-12);
            }
        }

        Assert.Equal(1, step.TraceCount);
    }

    [Fact]
    public void TheInnerOptimizerMustAskOnce()
    {
        var (model, config, x, y) = ToyTraining.Make();
        var twice = AnyOptimizer.Bind(
            new StructureTree
            {
                ApplyFn = new ApplyFn<(LossAndGrad, StructureTree), StructureTree>("twice", (_, _, input) =>
                {
                    input.Item1(input.Item2);
                    return input.Item1(input.Item2).Model;
                }),
            },
            GlobalConfig.Empty);
        var (opt, optConfig) = new GradientAccumulation(twice, model, 2);
        Assert.Throws<InvalidOperationException>(() => ToyTraining.Step(opt, optConfig, model, config, x, y));
    }

    [Fact]
    public void MicroBatchesInOneStepAreTheWholeBatch()
    {
        var (model, config, x, y) = ToyTraining.Make();
        var (opt, optConfig) = new ClipGradNorm(new SGD(model, 0.1), 0.5);
        var (expectedOpt, expected, expectedLoss) = ToyTraining.Step(opt, optConfig, model, config, x, y);
        (StructureTree Optimizer, StructureTree Model, Tensor Loss) Micro(
            StructureTree o, GlobalConfig c, StructureTree m, Tensor xs, Tensor ys) =>
            Optimizer.StepMicroBatches(
                o, c, m, [.. F.chunk(xs, 4).Zip(F.chunk(ys, 4))], (t, batch) => ToyTraining.Loss(t, config, batch.First, batch.Second));
        var compiled = Jit.Compile((StructureTree o, GlobalConfig c, StructureTree m, Tensor xs, Tensor ys) => Micro(o, c, m, xs, ys));
        foreach (var (microOpt, actual, loss) in new[] { Micro(opt, optConfig, model, x, y), compiled.Invoke(opt, optConfig, model, x, y) })
        {
            ToyTraining.AssertClose(expected.GetParams(), actual.GetParams(), 1e-12);
            ToyTraining.AssertClose(expectedOpt, microOpt, 1e-6);
            Assert.InRange(Math.Abs((double)expectedLoss - (double)loss), 0, 1e-12);
            Assert.Equal(4, (long)actual.Buffers["calls"].Tensor);
        }

        Assert.Throws<ArgumentException>(() => Optimizer.StepMicroBatches<Tensor>(opt, optConfig, model, [], (t, b) => (t, b)));
    }
}
