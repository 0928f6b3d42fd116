using Brachy.Compilation;

namespace Brachy.Tests.Ops;

/// <summary>
/// Gradients by weight of 1×1 convolutions with strides from few channels, in either order of memory: oneDNN writes past its work space
/// for those with channels last, which gives wrong sums, a dead process, or one that never ends. Others are left as they are.
/// </summary>
public class ConvolutionLayoutTests
{
    public static TheoryData<string, long[], long[], long[], long, bool> Rows => new()
    {
        { "conv2d", [32, 4, 56, 56], [8, 4, 1, 1], [2, 2], 1, true },
        { "conv2d", [32, 1, 56, 56], [8, 1, 1, 1], [2, 2], 1, true },
        { "conv2d", [32, 15, 56, 57], [24, 15, 1, 1], [1, 3], 1, true },
        { "conv2d", [32, 16, 56, 56], [24, 16, 1, 1], [2, 2], 1, false },
        { "conv2d", [16, 24, 56, 56], [16, 12, 1, 1], [2, 2], 2, true },
        { "conv2d", [8, 4, 30, 30], [8, 4, 3, 3], [2, 2], 1, false },
        { "conv2d", [8, 4, 30, 30], [8, 4, 1, 1], [1, 1], 1, false },
        { "conv1d", [64, 4, 1, 2000], [8, 4, 1, 1], [1, 2], 1, true },
        { "conv_transpose2d", [32, 24, 28, 28], [24, 4, 1, 1], [2, 2], 1, true },
        { "conv_transpose2d", [16, 24, 28, 28], [24, 6, 1, 1], [2, 2], 2, true },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void GradientsDoNotDependOnTheOrderOfMemory(
        string name, long[] imageSizes, long[] weightSizes, long[] stride, long groups, bool isOfKind)
    {
        using var scope = TensorScope.Begin();
        var settings = new ConvolutionSettings(Shape.Own(stride), [0, 0], [1, 1], name == "conv_transpose2d", [0, 0], groups);
        var (image, weight) = (Make.Real(imageSizes, DType.Float32, 1), Make.Real(weightSizes, DType.Float32, 2));
        var g = Make.Real(settings.OutputShape(image.shape, weight.shape), DType.Float32, 3);
        var (right, _) = Gradients(image.to(DType.Float64), weight.to(DType.Float64), g.to(DType.Float64));
        foreach (var (x, w) in new[] { (LastOf(image), weight), (image, LastOf(weight)), (LastOf(image), LastOf(weight)) })
        {
            var (byWeight, byImage) = Gradients(x, w, LastOf(g));
            var compiled = Jit.Compile((Tensor x, Tensor w, Tensor g) => Gradients(x, w, g), backend: Backend.TorchScript);
            var (again, _) = compiled.Invoke(x, w, LastOf(g));

            // Where oneDNN computes them, all three operands are copied; elsewhere nothing is.
            Assert.Equal(
                isOfKind && ConvolutionSelfCheck.AllowsOneDnn() ? 3 : 0,
                compiled.Script!.Split(".contiguous()").Length - 1);
            foreach (var actual in new[] { byWeight, again })
            {
                var worst = F.max(F.abs(actual.to(DType.Float64) - right)) / F.max(F.abs(right));
                Assert.InRange(worst.item<double>(), 0, 1e-5);
            }

            Assert.Equal(image.shape, byImage.shape);
        }

        (Tensor ByWeight, Tensor ByImage) Gradients(Tensor x, Tensor w, Tensor g)
        {
            var (byImage, byWeight, _) = ConvolutionRules.convolution_backward(settings, g, x, w, true, true, false);
            return (byWeight!, byImage!);
        }
    }

    private static Tensor LastOf(Tensor x) => F.permute(F.contiguous(F.permute(x, [0, 2, 3, 1])), [0, 3, 1, 2]);
}
