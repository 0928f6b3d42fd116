using Brachy.Extending;
using TorchSharp;
using static TorchSharp.torch.nn;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.Ops;

/// <summary>The norms beside libtorch's own: values and gradients by x, weight and bias.</summary>
[Trait("Category", "Quick")]
public class NormTests
{
    private static readonly Dictionary<string, (
        long[][] Shapes, Func<Tensor[], Tensor> Ours, Func<TorchTensor[], TorchTensor> Theirs)> s_cases = new()
        {
            ["layer_norm"] = (
                [[3, 4], [4], [4]], x => F.layer_norm(x[0], [4], x[1], x[2]), x => functional.layer_norm(x[0], [4], x[1], x[2])),
            ["layer_norm, two dims"] = ([[2, 3, 4], [3, 4]], x => F.layer_norm(x[0], [3, 4], x[1], eps: 0.1), x =>
                functional.layer_norm(x[0], [3, 4], x[1], null, 0.1)),
            ["layer_norm, bias alone"] = (
                [[3, 4], [4]], x => F.layer_norm(x[0], [4], bias: x[1]), x => functional.layer_norm(x[0], [4], null, x[1])),
            ["group_norm"] = (
                [[2, 6, 3], [6], [6]], x => F.group_norm(x[0], 3, x[1], x[2]), x => functional.group_norm(x[0], 3, x[1], x[2])),
            ["group_norm, plain"] = ([[2, 4]], x => F.group_norm(x[0], 2, eps: 0.1), x => functional.group_norm(x[0], 2, eps: 0.1)),
            ["batch_norm in training"] = (
                [[4, 3, 2], [3], [3]], x => F.batch_norm(x[0], null, null, x[1], x[2], training: true).output,
                x => functional.batch_norm(x[0], null, null, x[1], x[2], training: true)),
            ["batch_norm in training, plain"] = ([[4, 3]], x => F.batch_norm(x[0], null, null, training: true, eps: 0.1).output, x =>
                functional.batch_norm(x[0], null, null, training: true, eps: 0.1)),
            ["batch_norm in training, bias alone"] = (
                [[4, 3], [3]], x => F.batch_norm(x[0], null, null, bias: x[1], training: true).output,
                x => functional.batch_norm(x[0], null, null, null, x[1], training: true)),
            ["batch_norm, running"] = (
                [[4, 3], [3], [3]], x => F.batch_norm(x[0], Zeros(), Ones(), x[1], x[2], training: true).output,
                x => functional.batch_norm(x[0], Zeros().AsTorch(), Ones().AsTorch(), x[1], x[2], training: true)),
            ["batch_norm in evaluation"] = (
                [[4, 3, 2], [3], [3]], x => F.batch_norm(x[0], Zeros() + 0.5, Ones() * 2, x[1], x[2]).output,
                x => functional.batch_norm(x[0], (Zeros() + 0.5).AsTorch(), (Ones() * 2).AsTorch(), x[1], x[2])),
            ["instance_norm"] = ([[2, 3, 4], [3], [3]], x => F.instance_norm(x[0], null, null, x[1], x[2]).output, x =>
                functional.instance_norm(x[0], null, null, x[1], x[2])),
            ["instance_norm, running"] = (
                [[2, 3, 2, 2]], x => F.instance_norm(x[0], Zeros() + 0.5, Ones() * 2, use_input_stats: false).output,
                x => functional.instance_norm(x[0], (Zeros() + 0.5).AsTorch(), (Ones() * 2).AsTorch(), use_input_stats: false)),
            ["rms_norm"] = ([[3, 4], [4]], x => F.rms_norm(x[0], [4], x[1]), x =>
                x[0] * (x[0].square().mean([-1], true) + double.BitIncrement(1) - 1).rsqrt() * x[1]),
            ["rms_norm, two dims"] = ([[2, 3, 4], [3, 4]], x => F.rms_norm(x[0], [3, 4], x[1], 0.1), x =>
                x[0] * (x[0].square().mean([-1, -2], true) + 0.1).rsqrt() * x[1]),
            ["rms_norm, plain"] = (
                [[3, 4]], x => F.rms_norm(x[0], [4], eps: 0.1), x => x[0] * (x[0].square().mean([-1], true) + 0.1).rsqrt()),
            ["standardize"] = (
                [[3, 4]], x => F.standardize(x[0]), x => (x[0] - x[0].mean([-1], true)) * (x[0].var(-1, false, true) + 1e-5).rsqrt()),
            ["standardize over the first dim"] = ([[3, 4]], x => F.standardize(x[0], [0], eps: 0.1), x =>
                (x[0] - x[0].mean([0], true)) * (x[0].var(0, false, true) + 0.1).rsqrt()),
            ["standardize by a mean"] = (
                [[3, 4]], x => F.standardize(x[0], mean: 0.1), x => (x[0] - 0.1) * (x[0].square().mean([-1], true) - 0.01 + 1e-5).rsqrt()),
            ["standardize where"] = (
                [[3, 4]], x => F.standardize(x[0], where: F.tensor([true, true, false, true])),
                x => (x[0] - Kept(x[0]).mean([-1], true)) * (Kept(x[0]).var(-1, false, true) + 1e-5).rsqrt()),
            ["local_response_norm"] = (
                [[2, 5, 3]], x => F.local_response_norm(x[0], 3, 0.5), x => functional.local_response_norm(x[0], 3, 0.5)),
            ["local_response_norm, even, images"] = ([[2, 5, 3, 2]], x => F.local_response_norm(x[0], 4, 0.5, 0.6, 2), x =>
                functional.local_response_norm(x[0], 4, 0.5, 0.6, 2)),
            ["local_response_norm, wide"] = (
                [[1, 3, 2]], x => F.local_response_norm(x[0], 9, 2), x => functional.local_response_norm(x[0], 9, 2)),
        };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValueAndGradientsAreThoseOfLibtorch(string name)
    {
        var (shapes, ours, theirs) = s_cases[name];
        var inputs = shapes.Select((shape, i) => Make.Real(shape, seed: 3 + i)).ToArray();
        var leaves = Array.ConvertAll(inputs, x => x.AsTorch().clone().requires_grad_());
        var expected = theirs(leaves);
        var weights = Make.Real((Shape)expected.shape, seed: 7);
        var gradients = torch.autograd.grad([expected], leaves, [weights.AsTorch()]);

        var (actual, own) = Pullback.Differentiate(inputs, t => ours([.. t]), y => ([y], [weights]));
        OpCheck.AssertClose(expected, actual, 1e-11, name);
        for (var i = 0; i < inputs.Length; i++)
        {
            OpCheck.AssertClose(gradients[i], own[i] ?? F.zeros_like(inputs[i]), 1e-10, $"gradient of {name} by {i}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RunningStatisticsMoveAsThoseOfLibtorch(bool momentumIsTensor)
    {
        var x = Make.Real([4, 3, 2], DType.Float32);
        var (mean, variance) = (Make.Real([3], DType.Float32, 5), Make.Positive([3], DType.Float32));
        var (expectedMean, expectedVar) = (mean.AsTorch().clone(), variance.AsTorch().clone());
        functional.batch_norm(x.AsTorch(), expectedMean, expectedVar, training: true, momentum: 0.3);

        var given = (mean.clone(), variance.clone());
        var (_, newMean, newVar) = F.batch_norm(x, mean, variance, training: true, momentum: momentumIsTensor ? F.tensor(0.3) : 0.3);
        OpCheck.AssertClose(expectedMean, newMean!, 1e-6, "running_mean");
        OpCheck.AssertClose(expectedVar, newVar!, 1e-6, "running_var");
        OpCheck.AssertClose(given.Item1, mean, 0, "the mean that was passed");
        OpCheck.AssertClose(given.Item2, variance, 0, "the variance that was passed");
    }

    [Fact]
    public void RunningStatisticsOfInstancesMoveAsThoseOfLibtorch()
    {
        var x = Make.Real([4, 3, 5]);
        var (expectedMean, expectedVar) = (torch.zeros(3, torch.float64), torch.ones(3, torch.float64));
        functional.instance_norm(x.AsTorch(), expectedMean, expectedVar, momentum: 0.3);
        var (_, mean, variance) = F.instance_norm(x, Zeros(), Ones(), momentum: 0.3);
        OpCheck.AssertClose(expectedMean, mean!, 1e-12, "running_mean");
        OpCheck.AssertClose(expectedVar, variance!, 1e-12, "running_var");
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    public void SixteenBitInputsGoWithFloat32Params(DType dtype)
    {
        var (x, weight, bias) = (Make.Real([4, 6], dtype), Make.Real([6], DType.Float32, 5), Make.Real([6], DType.Float32, 6));
        var (nx, nw, nb) = (x.AsTorch(), weight.AsTorch(), bias.AsTorch());
        OpCheck.AssertClose(functional.layer_norm(nx, [6], nw, nb), F.layer_norm(x, [6], weight, bias), 0, "layer_norm");
        OpCheck.AssertClose(functional.group_norm(nx, 2, nw, nb), F.group_norm(x, 2, weight, bias), 0, "group_norm");
        OpCheck.AssertClose(
            functional.batch_norm(nx, null, null, nw, nb, training: true), F.batch_norm(x, null, null, weight, bias, training: true).output,
            0, "batch_norm");
        Assert.Equal(dtype, F.rms_norm(x, [6], weight).dtype);
    }

    [Fact]
    public void AnEmptyBatchLeavesTheRunningStatistics()
    {
        var (y, mean, variance) = F.batch_norm(
            F.zeros([0, 3]), F.full([3], 0.5), F.full([3], 2.0), F.ones([3]), F.ones([3]), training: true);
        Assert.Equal(new TensorType([0, 3], DType.Float32), y.Type);
        Assert.Equal([0.5f, 0.5f, 0.5f], mean!.ToArray<float>());
        Assert.Equal([2f, 2f, 2f], variance!.ToArray<float>());
    }

    [Fact]
    public void CompiledTrainingTakesOneKernelEachWay()
    {
        var step = Jit.Compile((Tensor x, Tensor w, Tensor b) =>
            Grad.ValueAndGrad((Tensor[] t) => F.layer_norm(t[0], [4], t[1], t[2]).sum()).Invoke([x, w, b]));
        step.Invoke(Make.Real([3, 4]), Make.Real([4]), Make.Real([4]));
        var script = step.Script!;
        Assert.Equal(2, script.Split("native_layer_norm").Length - 1);
        Assert.DoesNotContain("torch.mul", script, StringComparison.Ordinal);
    }

    private static Tensor Zeros() => F.zeros([3], DType.Float64);

    private static Tensor Ones() => F.ones([3], DType.Float64);

    private static TorchTensor Kept(TorchTensor x) => x.index_select(1, torch.tensor([0L, 1, 3]));
}
