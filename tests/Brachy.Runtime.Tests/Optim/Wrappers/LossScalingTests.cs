using Brachy.Modules;
using Brachy.Optim;

namespace Brachy.Tests.Optim;

public class LossScalingTests
{
    [Fact]
    public void AnOverflowInHalfPrecisionSkipsTheStepExactly()
    {
        var (model, config, x, y) = ToyTraining.Make(DType.Float32);
        model = MixedPrecision.Cast(model, DType.Float16);
        var (opt, optConfig) = new LossScaling(new ClipGradNorm(new AdamW(model, 0.01), 1), initScale: 1 << 24);
        var step = ToyTraining.Compile();
        var (skipped, first) = (0, double.NaN);
        for (var i = 0; i < 40; i++)
        {
            var (modelBits, innerBits) = (ToyTraining.Bits(model), ToyTraining.Bits(opt.Submodules["inner"]));
            var scale = (double)opt.Buffers["scale"].Tensor;
            (opt, model, var loss) = step.Invoke(opt, optConfig, model, config, x, y);
            first = double.IsNaN(first) ? (double)loss : first;
            var total = (long)opt.Buffers["skipped_steps"].Tensor;
            if (total > skipped)
            {
                skipped++;
                Assert.Equal(i + 1, skipped);
                Assert.Equal(modelBits, ToyTraining.Bits(model));
                Assert.Equal(innerBits, ToyTraining.Bits(opt.Submodules["inner"]));
                Assert.Equal((scale / 2, skipped), ((double)opt.Buffers["scale"].Tensor, (long)opt.Buffers["skipped_in_a_row"].Tensor));
            }
            else
            {
                Assert.Equal((scale, 0), ((double)opt.Buffers["scale"].Tensor, (long)opt.Buffers["skipped_in_a_row"].Tensor));
            }
        }

        Assert.InRange(skipped, 3, 20);
        Assert.Equal(1, step.TraceCount);
        Assert.Equal(40 - skipped, (long)model.Buffers["calls"].Tensor);
        Assert.Equal(40 - skipped, (double)opt.Submodules["inner"].Submodules["inner"].Buffers["step"].Tensor);
        Assert.InRange((double)ToyTraining.Loss(model, config, x, y).Loss, 0, 0.9 * first);
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void TrainingInHalfPrecisionFollowsFloat32(DType dtype)
    {
        var (model, config, x, y) = ToyTraining.Make(DType.Float32);
        var (opt, optConfig) = new SGD(model, 0.1, momentum: 0.9);
        var half = MixedPrecision.Cast(ToyTraining.Saved(model), dtype);
        var (halfOpt, halfConfig) = dtype == DType.Float16
            ? new LossScaling(new SGD(model, 0.1, momentum: 0.9), growthInterval: 10)
            : (AnyOptimizer)new SGD(model, 0.1, momentum: 0.9);
        var step = ToyTraining.Compile();
        var tolerance = dtype == DType.Float16 ? 0.003 : 0.03;
        var first = double.NaN;
        for (var i = 0; i < 100; i++)
        {
            (opt, model, var loss) = ToyTraining.Step(opt, optConfig, model, config, x, y);
            (halfOpt, half, var halfLoss) = step.Invoke(halfOpt, halfConfig, half, config, x, y);
            Assert.Equal(DType.Float32, halfLoss.dtype);
            Assert.InRange((double)halfLoss, (double)loss - tolerance, (double)loss + tolerance);
            first = double.IsNaN(first) ? (double)loss : first;
        }

        Assert.All(half.GetParams().Tensors(), t => Assert.Equal(DType.Float32, t.Tensor.dtype));
        Assert.InRange((double)ToyTraining.Loss(half, config, x, y).Loss, 0, 0.6 * first);
        Assert.Equal(1, step.TraceCount);
        if (dtype == DType.Float16)
        {
            Assert.InRange((double)halfOpt.Buffers["scale"].Tensor, 65536 * 4, double.PositiveInfinity);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheScaleFollowsThatOfGradScaler(bool dynamic)
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([2]) } };
        var (opt, config) = new LossScaling(
            new SGD(model, lr: 0.125), 1024, dynamic, growthFactor: 4, backoffFactor: 0.25, growthInterval: 3);
        var step = Jit.Compile((StructureTree o, GlobalConfig c, StructureTree m, Tensor factor) =>
            Optimizer.Step(o, c, m, t => (t, (t.Params["w"].Tensor * factor).sum())));
        var (scale, tracker, w, skipped) = (1024.0, 0, 1.0, 0);
        foreach (var kind in "..x....x.x......nn.......")
        {
            (opt, model, _) = step.Invoke(
                opt, config, model, F.full([], kind switch { 'x' => double.PositiveInfinity, 'n' => double.NaN, _ => 1.0 }, DType.Float32));
            if (kind == '.')
            {
                w -= 0.125;
                tracker = dynamic ? tracker + 1 : 0;
                (scale, tracker) = tracker == 3 ? (scale * 4, 0) : (scale, tracker);
            }
            else
            {
                (scale, tracker, skipped) = (dynamic ? scale * 0.25 : scale, 0, skipped + 1);
            }

            Assert.Equal((scale, tracker), ((double)opt.Buffers["scale"].Tensor, (long)opt.Buffers["growth_tracker"].Tensor));
            Assert.Equal((w, skipped), ((double)model.Params["w"].Tensor[1], (long)opt.Buffers["skipped_steps"].Tensor));
        }

        Assert.Equal(1, step.TraceCount);
    }

    [Fact]
    public void ClippingByValueAroundItDoesNotHideAnOverflow()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([2]) } };
        var (opt, config) = new ClipGradValue(new LossScaling(new SGD(model, lr: 1)), 0.5);
        (opt, model, _) = Optimizer.Step(
            opt, config, model, m => (m, (m.Params["w"].Tensor * F.tensor(new[] { 1.0f, float.PositiveInfinity })).sum()));
        Assert.Equal((1, 1), ((double)model.Params["w"].Tensor[0], (long)opt.Submodules["inner"].Buffers["skipped_steps"].Tensor));
        (_, model, _) = Optimizer.Step(opt, config, model, m => (m, m.Params["w"].Tensor.sum()));
        Assert.Equal(0.5, (double)model.Params["w"].Tensor[0]);
    }

    [Fact]
    public void TheScaleNeitherVanishesNorOverflows()
    {
        var model = new StructureTree { Params = { ["w"] = F.ones([]) } };
        var (opt, config) = new LossScaling(new SGD(model), backoffFactor: 1e-9, growthFactor: 1e30, growthInterval: 1);
        Tensor Scale(Tensor factor)
        {
            (opt, _, _) = Optimizer.Step(opt, config, model, m => (m, m.Params["w"].Tensor * factor));
            return opt.Buffers["scale"].Tensor;
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.InRange((double)Scale(double.NaN), 1e-13, 1e9);
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.InRange((double)Scale(1.0), 1e-13, float.MaxValue);
        }
    }
}
