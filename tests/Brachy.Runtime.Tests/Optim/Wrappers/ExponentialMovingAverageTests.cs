using Brachy.Modules;
using Brachy.Optim;

namespace Brachy.Tests.Optim;

public class ExponentialMovingAverageTests
{
    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    public void TheAverageIsThatOfTheFormula(bool biasCorrection, bool warmup, bool averageBuffers)
    {
        const double Decay = 0.7;
        var (model, config, x, y) = ToyTraining.Make();
        var (opt, optConfig) = new ExponentialMovingAverage(new AdamW(model, 0.01), model, Decay, biasCorrection, warmup, averageBuffers);
        var step = ToyTraining.Compile();
        var (plainOpt, plainConfig) = new AdamW(model, 0.01);
        var plain = ToyTraining.Saved(model);
        Assert.Equal(ToyTraining.Bits(model), ToyTraining.Bits(ExponentialMovingAverage.AveragedModel(opt, model)));

        var average = model.MapParamsBuffers((_, t) => biasCorrection ? F.zeros_like(t) : F.clone(t));
        var weight = biasCorrection ? 0.0 : 1.0;
        model = ToyTraining.Saved(model);
        for (var i = 0; i < 20; i++)
        {
            (plainOpt, plain, _) = ToyTraining.Step(plainOpt, plainConfig, plain, config, x, y);
            (opt, model, _) = step.Invoke(opt, optConfig, model, config, x, y);
            var d = warmup ? Math.Min(Decay, (1.0 + i) / (10.0 + i)) : Decay;
            average = TreePairing.Combine((a, p) => (d * a) + ((1 - d) * p[0]), average, plain);
            weight = (d * weight) + (1 - d);
        }

        ToyTraining.AssertClose(plain, model, 1e-12);
        var averaged = ExponentialMovingAverage.AveragedModel(opt, model);
        foreach (var (path, tensor) in averaged.Tensors())
        {
            var isAveraged = path.Contains('.', StringComparison.Ordinal) || (averageBuffers && path == "mean");
            var expected = isAveraged ? ToyTraining.At(average, path) / weight : ToyTraining.At(model, path);
            Assert.InRange((double)(tensor - expected).abs().max(), 0, 1e-12);
            Assert.Equal(ToyTraining.At(model, path).dtype, tensor.dtype);
        }

        Assert.Equal(1, step.TraceCount);
        var hooked = opt.Copy();
        hooked.ApplyFn = hooked.ApplyFn!.Wrap("seen", new CaptureOutput("captured"));
        Assert.Equal(ToyTraining.Bits(averaged), ToyTraining.Bits(ExponentialMovingAverage.AveragedModel(hooked, model)));
        model.Submodules.Remove("output");
        Assert.Equal(5, ExponentialMovingAverage.AveragedModel(opt, averaged).GetParams().Tensors().Count() + 1);
    }

    [Fact]
    public void HalfParamsAreAveragedInFloat32()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([3], DType.BFloat16) } };
        var (opt, config) = new ExponentialMovingAverage(new SGD(model, lr: 1), model, 0.999);
        (opt, model, _) = Optimizer.Step(opt, config, model, m => (m, m.Params["w"].Tensor.sum().to(DType.Float32)));
        Assert.InRange((double)opt.Buffers["average"].Dictionary["w"].Tensor[0], 0.99899, 0.99901);
        Assert.Equal(DType.BFloat16, ExponentialMovingAverage.AveragedModel(opt, model).Params["w"].Tensor.dtype);
    }
}
