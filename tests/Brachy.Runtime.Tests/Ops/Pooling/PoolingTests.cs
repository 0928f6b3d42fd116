using Brachy.Extending;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace Brachy.Tests.Ops;

/// <summary>
/// Pooling, resizing and unfolding as users call them: values and gradients against libtorch's own functions, eagerly and compiled.
/// </summary>
[Trait("Category", "Quick")]
public class PoolingTests
{
    private static readonly Dictionary<string, (Shape Shape, Func<Tensor, Tensor> Ours, Func<torch.Tensor, torch.Tensor> Theirs)> s_cases =
        new()
        {
            ["max_pool1d"] = ([2, 3, 7], x => F.max_pool1d(x, 3), x => max_pool1d(x, 3)),
            ["max_pool1d, every setting, unbatched"] = (
                [3, 8], x => F.max_pool1d(x, 3, 2, 1, 2, ceil_mode: true), x => max_pool1d(x, 3, 2, 1, 2, true)),
            ["max_pool2d"] = ([2, 2, 6, 5], x => F.max_pool2d(x, 2), x => max_pool2d(x, 2)),
            ["max_pool2d, every setting, unbatched"] = (
                [2, 6, 8], x => F.max_pool2d(x, (3, 2), (2, 1), 1, (1, 2), ceil_mode: true),
                x => max_pool2d(x, [3, 2], [2, 1], [1, 1], [1, 2], true)),
            ["max_pool2d with ties"] = ([1, 1, 4, 4], x => F.max_pool2d(x * 0, 3, 1), x => max_pool2d(x * 0, 3, 1)),
            ["avg_pool1d"] = ([2, 3, 7], x => F.avg_pool1d(x, 3), x => avg_pool1d(x, 3)),
            ["avg_pool1d, every setting, unbatched"] = (
                [3, 8], x => F.avg_pool1d(x, 3, 2, 1, ceil_mode: true, count_include_pad: false), x => avg_pool1d(x, 3, 2, 1, true, false)),
            ["avg_pool2d"] = ([2, 2, 6, 5], x => F.avg_pool2d(x, 2), x => avg_pool2d(x, 2)),
            ["avg_pool2d, every setting, unbatched"] = (
                [2, 6, 8], x => F.avg_pool2d(x, (3, 2), (2, 1), 1, true, false, 7),
                x => avg_pool2d(x, (3, 2), (2, 1), (1, 1), true, false, 7)),
            ["adaptive_avg_pool1d"] = ([2, 3, 7], x => F.adaptive_avg_pool1d(x, 3), x => adaptive_avg_pool1d(x, 3)),
            ["adaptive_avg_pool1d to one, unbatched"] = ([3, 7], x => F.adaptive_avg_pool1d(x, 1), x => adaptive_avg_pool1d(x, 1)),
            ["adaptive_avg_pool2d"] = ([2, 2, 6, 5], x => F.adaptive_avg_pool2d(x, (4, 2)), x => adaptive_avg_pool2d(x, [4, 2])),
            ["adaptive_avg_pool2d to one"] = ([2, 2, 6, 5], x => F.adaptive_avg_pool2d(x, 1), x => adaptive_avg_pool2d(x, 1)),
            ["adaptive_avg_pool2d, unbatched"] = ([2, 6, 5], x => F.adaptive_avg_pool2d(x, (1, 3)), x => adaptive_avg_pool2d(x, [1, 3])),
            ["adaptive_max_pool1d"] = ([2, 3, 7], x => F.adaptive_max_pool1d(x, 3), x => adaptive_max_pool1d(x, 3)),
            ["adaptive_max_pool2d"] = ([2, 2, 6, 5], x => F.adaptive_max_pool2d(x, (4, 2)), x => adaptive_max_pool2d(x, [4, 2])),
            ["adaptive_max_pool2d, unbatched"] = ([2, 6, 5], x => F.adaptive_max_pool2d(x, 1), x => adaptive_max_pool2d(x, [1, 1])),
            ["lp_pool1d"] = ([2, 2, 7], x => F.lp_pool1d(x, 2, 3), x => lp_pool1d(x, 2, 3)),
            ["lp_pool2d"] = ([1, 2, 5, 6], x => F.lp_pool2d(x, 4, 2, 3, ceil_mode: true), x => lp_pool2d(x, 4, 2, 3, true)),
            ["interpolate to a size"] = ([1, 2, 3, 4], x => F.interpolate(x, [5, 3]), x => interpolate(x, [5, 3])),
            ["interpolate to a pair"] = ([1, 2, 3, 4], x => F.interpolate(x, (5, 3)), x => interpolate(x, [5, 3])),
            ["interpolate to one size for all dims"] = ([1, 2, 3, 4], x => F.interpolate(x, 5), x => interpolate(x, [5, 5])),
            ["interpolate by a factor"] = ([1, 2, 3, 4], x => F.interpolate(x, scale_factor: 2), x => interpolate(x, null, [2, 2])),
            ["interpolate by factors that round"] = (
                [1, 2, 3, 4], x => F.interpolate(x, scale_factor: [1.7, 0.6], mode: "bilinear"),
                x => interpolate(x, null, [1.7, 0.6], torch.InterpolationMode.Bilinear, false)),
            ["interpolate by factors that are recomputed"] = (
                [1, 2, 3, 4], x => F.interpolate(x, scale_factor: [1.7, 0.6], mode: "bilinear", recompute_scale_factor: true),
                x => interpolate(x, null, [1.7, 0.6], torch.InterpolationMode.Bilinear, false, recompute_scale_factor: true)),
            ["interpolate, aligned"] = (
                [1, 2, 3, 4], x => F.interpolate(x, scale_factor: 1.5, mode: "bicubic", align_corners: true),
                x => interpolate(x, null, [1.5, 1.5], torch.InterpolationMode.Bicubic, true)),
            ["interpolate, antialias"] = (
                [1, 2, 6, 5], x => F.interpolate(x, 3, mode: "bilinear", antialias: true),
                x => interpolate(x, [3, 3], null, torch.InterpolationMode.Bilinear, false, antialias: true)),
            ["interpolate a signal"] = (
                [2, 2, 5], x => F.interpolate(x, 8, "linear"), x => interpolate(x, [8], null, torch.InterpolationMode.Linear, false)),
            ["interpolate a volume"] = (
                [1, 2, 2, 3, 2], x => F.interpolate(x, scale_factor: 2.5, mode: "trilinear"),
                x => interpolate(x, null, [2.5, 2.5, 2.5], torch.InterpolationMode.Trilinear, false)),
            ["interpolate by area"] = (
                [1, 2, 6, 5], x => F.interpolate(x, (4, 2), "area"), x => interpolate(x, [4, 2], null, torch.InterpolationMode.Area)),
            ["interpolate a signal by area"] = (
                [1, 2, 6], x => F.interpolate(x, scale_factor: 0.7, mode: "area"),
                x => interpolate(x, null, [0.7], torch.InterpolationMode.Area)),
            ["pixel_shuffle"] = ([2, 8, 3, 2], x => F.pixel_shuffle(x, 2), x => pixel_shuffle(x, 2)),
            ["pixel_shuffle without a batch"] = ([9, 1, 2], x => F.pixel_shuffle(x, 3), x => pixel_shuffle(x, 3)),
            ["pixel_unshuffle"] = ([2, 2, 2, 4, 6], x => F.pixel_unshuffle(x, 2), x => pixel_unshuffle(x, 2)),
            ["unfold"] = ([2, 2, 4, 5], x => F.unfold(x, (2, 3)), x => unfold(x, (2, 3))),
            ["unfold, every setting"] = (
                [1, 2, 6, 5], x => F.unfold(x, 2, (2, 1), (1, 3), (1, 2)), x => unfold(x, (2, 2), (2, 1), (1, 3), (1, 2))),
            ["unfold, unbatched"] = ([2, 4, 5], x => F.unfold(x, 2), x => unfold(x.unsqueeze(0), 2).squeeze(0)),
            ["fold"] = ([2, 12, 9], x => F.fold(x, (4, 5), (2, 3)), x => fold(x, (4, 5), (2, 3))),
            ["fold, every setting, unbatched"] = (
                [8, 20], x => F.fold(x, (4, 5), 2, (2, 1), (1, 3), (1, 2)), x => fold(x, (4, 5), (2, 2), (2, 1), (1, 3), (1, 2))),
        };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValueAndGradientAreThoseOfLibtorch(string name)
    {
        var (shape, ours, theirs) = s_cases[name];
        var x = Make.Real(shape);
        var native = x.AsTorch().clone().requires_grad_();
        var expected = theirs(native);
        var weights = Make.Real((Shape)expected.shape, seed: 7);
        var gradient = torch.autograd.grad([expected], [native], [weights.AsTorch()])[0];

        var step = Jit.Compile((Tensor x, Tensor w) => Step(x, w), name: name);
        foreach (var (value, actual) in new[] { Step(x, weights), step.Invoke(x, weights) })
        {
            OpCheck.AssertClose(expected.detach(), value, 1e-12, name);
            OpCheck.AssertClose(gradient, actual, 1e-12, $"gradient of {name}");
        }

        step.ClearCache();

        (Tensor Value, Tensor Gradient) Step(Tensor x, Tensor w)
        {
            var (value, gradients) = Pullback.Differentiate([x], t => ours(t[0]), y => ([y], [w]));
            return (value, gradients[0]!);
        }
    }

    [Fact]
    public void IndicesAreThoseOfLibtorch()
    {
        var x = Make.Real([2, 3, 6, 5]);
        var (_, images) = max_pool2d_with_indices(x.AsTorch(), [3, 2], [2, 1], [1, 1], [1, 1], true);
        OpCheck.AssertClose(images, F.max_pool2d_with_indices(x, (3, 2), (2, 1), 1, ceil_mode: true).indices, 0, "max_pool2d");
        var (_, adaptive) = adaptive_max_pool2d_with_indices(x.AsTorch(), [4, 2]);
        OpCheck.AssertClose(adaptive, F.adaptive_max_pool2d_with_indices(x, (4, 2)).indices, 0, "adaptive_max_pool2d");

        var signal = Make.Real([3, 7]);
        var (_, positions) = max_pool1d_with_indices(signal.AsTorch(), 3, 2, 1);
        OpCheck.AssertClose(positions, F.max_pool1d_with_indices(signal, 3, 2, 1).indices, 0, "max_pool1d");
        var (_, parts) = adaptive_max_pool1d_with_indices(signal.AsTorch(), 2);
        OpCheck.AssertClose(parts, F.adaptive_max_pool1d_with_indices(signal, 2).indices, 0, "adaptive_max_pool1d");
    }

    [Fact]
    public void SizesOfWindowsAreThoseOfLibtorch()
    {
        var x = Make.Real([1, 13]);
        for (var kernel = 1; kernel <= 5; kernel++)
        {
            for (var stride = 1; stride <= 6; stride++)
            {
                for (var padding = 0; padding <= kernel / 2; padding++)
                {
                    foreach (var ceil in new[] { false, true })
                    {
                        for (var dilation = 1; dilation <= 3; dilation++)
                        {
                            var what = $"kernel {kernel}, stride {stride}, padding {padding}, dilation {dilation}, ceil {ceil}";
                            OpCheck.AssertClose(
                                max_pool1d(x.AsTorch(), kernel, stride, padding, dilation, ceil),
                                F.max_pool1d(x, kernel, stride, padding, dilation, ceil), 0, what);
                        }

                        OpCheck.AssertClose(
                            avg_pool1d(x.AsTorch(), kernel, stride, padding, ceil), F.avg_pool1d(x, kernel, stride, padding, ceil), 1e-12,
                            $"mean, kernel {kernel}, stride {stride}, padding {padding}, ceil {ceil}");
                    }
                }
            }
        }
    }

    [Fact]
    public void AdaptivePoolingToOneCompilesToAMean()
    {
        var f = Jit.Compile((Tensor x) => F.adaptive_avg_pool2d(x, 1));
        Assert.Equal([2, 3, 1, 1], f.Invoke(F.ones([2, 3, 4, 4])).shape);
        Assert.Contains("torch.mean", f.Script, StringComparison.Ordinal);
        Assert.DoesNotContain("pool", f.Script, StringComparison.Ordinal);
        f.ClearCache();
    }

    [Fact]
    public void UnfoldingAndFoldingCountsHowOftenAWindowSeesAnElement()
    {
        var folded = F.fold(F.unfold(F.ones([1, 3, 3]), 2), 3, 2);
        Assert.Equal([1f, 2, 1, 2, 4, 2, 1, 2, 1], folded.ToArray<float>());
    }
}
