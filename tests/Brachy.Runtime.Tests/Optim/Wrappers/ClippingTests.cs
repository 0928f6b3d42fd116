using Brachy.Optim;
using Brachy.Trees;
using TorchSharp;

namespace Brachy.Tests.Optim;

/// <summary>Clipped gradients are those of torch.nn.utils.</summary>
[Trait("Category", "Quick")]
public class ClippingTests
{
    [Theory]
    [InlineData(2, 0.1)]
    [InlineData(2, 1e6)]
    [InlineData(1, 0.1)]
    [InlineData(3, 0.1)]
    [InlineData(0.5, 10)]
    [InlineData(double.PositiveInfinity, 0.01)]
    [InlineData(2, 0)]
    [InlineData(2, double.PositiveInfinity)]
    public void ByNorm(double p, double maxNorm)
    {
        double norm = 0;
        var (expected, actual, opt) = Both(
            (inner, _) => new ClipGradNorm(inner, maxNorm, p), grads => norm = torch.nn.utils.clip_grad_norm_(grads, maxNorm, p));
        ToyTraining.AssertClose(expected, actual, 1e-12);
        Assert.InRange((double)opt.Buffers["total_norm"].Tensor, norm * (1 - 1e-6), norm * (1 + 1e-6));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(10)]
    [InlineData(0)]
    public void ByValue(double limit)
    {
        var (expected, actual, _) = Both(
            (inner, _) => new ClipGradValue(inner, limit), grads => torch.nn.utils.clip_grad_value_(grads, limit));
        ToyTraining.AssertClose(expected, actual, 1e-12);
    }

    [Fact]
    public void EmptyAndZeroDimAndHalfAndIntegerParamsAreTaken()
    {
        var model = new StructureTree
        {
            Params =
            {
                ["a"] = F.full([], 3.0),
                ["b"] = F.zeros([0, 2]),
                ["c"] = F.full([4], 200.0, DType.Float16),
                ["d"] = F.full([], 2L)
            },
        };
        (StructureTree, Tensor) Loss(StructureTree m) =>
            (m, (m.Params["a"].Tensor * 300) + m.Params["b"].Tensor.sum() + (m.Params["c"].Tensor * 400).sum().to(DType.Float32));
        StructureTree Step(AnyOptimizer optimizer)
        {
            var (opt, config) = optimizer;
            return Optimizer.Step(opt, config, model, Loss).Model;
        }

        var clipped = Step(new ClipGradNorm(GradientsAsParams(), 1));
        var norm = Math.Sqrt((300.0 * 300) + (4 * 400.0 * 400));
        Assert.InRange((double)clipped.Params["a"].Tensor, 300 / norm * 0.9999, 300 / norm * 1.0001);
        Assert.Equal(DType.Float16, clipped.Params["c"].Tensor.dtype);
        Assert.InRange((double)clipped.Params["c"].Tensor[0], 400 / norm * 0.999, 400 / norm * 1.001);
        var limited = Step(new ClipGradValue(GradientsAsParams(), 350));
        Assert.Equal((300, 350), ((double)limited.Params["a"].Tensor, (double)limited.Params["c"].Tensor[3]));
        Assert.Equal((DType.Float32, DType.Int64), (limited.Params["a"].Tensor.dtype, limited.Params["d"].Tensor.dtype));
    }

    /// <summary>An optimizer that leaves the gradients where the params were.</summary>
    internal static AnyOptimizer GradientsAsParams() => AnyOptimizer.Bind(
        new StructureTree
        {
            ApplyFn = new ApplyFn<(LossAndGrad, StructureTree), StructureTree>("gradients", static (_, _, input) =>
            {
                var (ran, grads, _) = input.Item1(input.Item2);
                return ran.WithParams(grads);
            }),
        },
        GlobalConfig.Empty);

    private static (StructureTree Expected, StructureTree Actual, StructureTree Opt) Both(
        Func<AnyOptimizer, StructureTree, AnyOptimizer> wrap, Action<IEnumerable<TorchSharp.Modules.Parameter>> clip)
    {
        var (model, config, x, y) = ToyTraining.Make();
        var (opt, optConfig) = wrap(GradientsAsParams(), model);
        var (after, actual, _) = ToyTraining.Step(opt, optConfig, model, config, x, y);

        var (plain, plainConfig) = GradientsAsParams();
        var (_, grads, _) = ToyTraining.Step(plain, plainConfig, model, config, x, y);
        var holders = grads.GetParams().Tensors().ToDictionary(t => t.Path, t =>
        {
            var holder = new TorchSharp.Modules.Parameter(torch.zeros_like(t.Tensor.AsTorch()));
            holder.grad = t.Tensor.AsTorch().clone();
            return holder;
        });
        clip(holders.Values);
        return (grads.MapParamsBuffers((path, t) => holders.TryGetValue(path, out var holder) ? (Tensor)holder.grad! : t), actual, after);
    }
}
