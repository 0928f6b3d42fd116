using Brachy.Modules;
using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Tests.NN;

/// <summary>Layers in a model that was cast to half precision, forward and backward, eagerly and compiled.</summary>
public class HalfPrecisionLayerTests
{
    private static readonly Dictionary<string, (Func<Module<Tensor, Tensor>> Layer, Shape Input)> s_layers = new()
    {
        ["Linear"] = (() => new Linear(4, 4), [3, 4]),
        ["Conv2d"] = (() => new Conv2d(2, 4, 3), [2, 2, 5, 5]),
        ["ConvTranspose2d"] = (() => new ConvTranspose2d(2, 4, 3), [2, 2, 5, 5]),
        ["BatchNorm2d"] = (() => new BatchNorm2d(2), [2, 2, 5, 5]),
        ["InstanceNorm2d"] = (() => new InstanceNorm2d(2, affine: true, trackRunningStats: true), [2, 2, 5, 5]),
        ["LayerNorm"] = (() => new LayerNorm([4]), [3, 4]),
        ["GroupNorm"] = (() => new GroupNorm(2, 4), [3, 4, 5]),
        ["RmsNorm"] = (() => new RmsNorm([4]), [3, 4]),
        ["CausalSelfAttention"] = (() => new CausalSelfAttention(4, 2, dropout: 0.1), [2, 3, 4]),
        ["Dropout"] = (() => new Dropout(0.5), [3, 4]),
        ["MaxPool2d"] = (() => new MaxPool2d(2), [2, 2, 5, 5]),
        ["GELU"] = (() => new GELU(), [3, 4]),
        ["Sequential"] = (
            () => new Sequential(new Linear(4, 4), new Sequential(new LayerNorm([4]), new Dropout(0.1)), new PReLU()), [3, 4]),
    };

    public static TheoryData<string, DType> All
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var name in s_layers.Keys)
            {
                data.Add(name, DType.Float16);
                data.Add(name, DType.BFloat16);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void ALayerRunsAndItsGradientsAreFloat32(string name, DType dtype)
    {
        using var rng = Rng.Scope(0);
        var (built, config) = s_layers[name].Layer();
        var model = MixedPrecision.Cast(built, dtype);
        var x = Rng.Normal(s_layers[name].Input);
        (StructureTree After, StructureTree Grads) Step(StructureTree tree)
        {
            var ((after, _), grads) = Grad.TreeValueAndGrad<(StructureTree, Tensor Loss)>(
                t =>
                {
                    var (next, y) = t.Apply(config, x);
                    Assert.Equal(DType.Float32, y.dtype);
                    return (next, F.mean(F.square(y)));
                },
                result => result.Loss)(tree);
            return (after, grads);
        }

        var eager = Step(model);
        var compiled = Jit.Compile((StructureTree tree) => Step(tree)).Invoke(model);
        foreach (var (before, now) in built.Tensors().Zip(compiled.After.Tensors()))
        {
            Assert.Equal(before.Tensor.Type, now.Tensor.Type);
        }

        foreach (var ((path, e), (_, c)) in eager.Grads.Tensors().Zip(compiled.Grads.Tensors()))
        {
            Assert.Equal(DType.Float32, c.dtype);
            Assert.True((bool)F.all(F.isclose(e, c, rtol: 0.05, atol: 0.02)), $"{name}, {path}: {e} eagerly, {c} compiled");
        }
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void AttentionWithAllItsInputsRuns(DType dtype)
    {
        using var rng = Rng.Scope(0);
        var (built, config) = new MultiheadAttention(4, 2, batchFirst: true);
        var x = Rng.Normal([2, 3, 4]);
        var (_, (expected, _)) = MultiheadAttention.Apply(built, config, x, x, x);
        var (_, (output, weights)) = MultiheadAttention.Apply(MixedPrecision.Cast(built, dtype), config, x, x, x);
        Assert.Equal((DType.Float32, DType.Float32), (output.dtype, weights!.dtype));
        var error = (double)F.amax(F.abs(output - expected));
        Assert.InRange(error, 1e-7, 0.05);
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void RunningStatisticsKeepFloat32(DType dtype)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new BatchNorm1d(1);
        model = MixedPrecision.Cast(model, dtype);
        var x = (Rng.Normal([64, 1]) * 300) + 3;
        for (var i = 0; i < 100; i++)
        {
            (model, _) = BatchNorm1d.Apply(model, config, x);
        }

        // In half precision the variance of 90,000 is infinite, or a step of a tenth of the rest is rounded away early.
        var mean = (double)F.mean(x);
        Assert.InRange(
            (double)model.Buffers["running_mean"].Tensor, mean - (0.02 * Math.Abs(mean)) - 0.2, mean + (0.02 * Math.Abs(mean)) + 0.2);
        Assert.InRange((double)model.Buffers["running_var"].Tensor / (double)F.var(x, 0), 0.98, 1.02);
    }
}
