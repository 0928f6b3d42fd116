using Brachy.Extending;
using TorchSharp;
using static TorchSharp.torch.nn.functional;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.Ops;

/// <summary>The public convolutions and F.pad: values and gradients by all operands against libtorch's own.</summary>
[Trait("Category", "Quick")]
public class ConvolutionTests
{
    private static readonly Dictionary<string, (
        Shape[] Shapes, Func<Tensor[], Tensor> Ours, Func<TorchTensor[], TorchTensor> Theirs)> s_cases = new()
        {
            ["conv1d"] = (
                [[2, 4, 7], [6, 2, 3], [6]], x => F.conv1d(x[0], x[1], x[2], 2, 1, 2, 2), x => conv1d(x[0], x[1], x[2], 2, 1, 2, 2)),
            ["conv1d, no batch"] = ([[4, 7], [6, 4, 3]], x => F.conv1d(x[0], x[1]), x => conv1d(x[0], x[1])),
            ["conv1d, same, even"] = (
                [[2, 4, 7], [6, 4, 4], [6]], x => F.conv1d(x[0], x[1], x[2], padding: "same"),
                x => conv1d_padding(x[0], x[1], x[2], padding: Padding.Same)),
            ["conv1d, same, odd, no batch"] = (
                [[4, 7], [6, 2, 3]],
                x => F.conv1d(x[0], x[1], padding: "same", dilation: 2, groups: 2),
                x => conv1d_padding(x[0], x[1], padding: Padding.Same, dilation: 2, groups: 2)),
            ["conv1d, valid"] = (
                [[2, 4, 7], [6, 4, 4]], x => F.conv1d(x[0], x[1], stride: 2, padding: "valid"),
                x => conv1d_padding(x[0], x[1], stride: 2, padding: Padding.Valid)),
            ["conv2d"] = (
                [[2, 4, 5, 6], [6, 2, 3, 2], [6]],
                x => F.conv2d(x[0], x[1], x[2], (2, 1), (1, 0), (1, 2), 2),
                x => conv2d(x[0], x[1], x[2], [2, 1], [1, 0], [1, 2], 2)),
            ["conv2d, one number"] = (
                [[2, 4, 5, 6], [6, 4, 3, 2]], x => F.conv2d(x[0], x[1], null, 2, 1), x => conv2d(x[0], x[1], null, [2, 2], [1, 1])),
            ["conv2d, no batch"] = ([[4, 5, 6], [6, 4, 3, 2], [6]], x => F.conv2d(x[0], x[1], x[2]), x => conv2d(x[0], x[1], x[2])),
            ["conv2d, same, odd and even"] = (
                [[2, 4, 5, 6], [6, 4, 3, 4], [6]],
                x => F.conv2d(x[0], x[1], x[2], padding: "same"),
                x => conv2d_padding(x[0], x[1], x[2], padding: Padding.Same)),
            ["conv2d, same, both even, dilated, no batch"] = (
                [[4, 5, 6], [6, 4, 2, 4], [6]],
                x => F.conv2d(x[0], x[1], x[2], padding: "same", dilation: (3, 1)),
                x => conv2d_padding(x[0].unsqueeze(0), x[1], x[2], padding: Padding.Same, dilation: [3, 1]).squeeze(0)),
            ["conv2d, valid"] = (
                [[2, 4, 5, 6], [6, 4, 3, 4]], x => F.conv2d(x[0], x[1], stride: (2, 1), padding: "valid"),
                x => conv2d(x[0], x[1], null, [2, 1])),
            ["conv3d"] = (
                [[1, 2, 3, 4, 4], [2, 1, 2, 3, 1], [2]],
                x => F.conv3d(x[0], x[1], x[2], (2, 1, 1), (1, 0, 2), 1, 2),
                x => conv3d(x[0], x[1], x[2], [2, 1, 1], [1, 0, 2], [1, 1, 1], 2)),
            ["conv3d, same, no batch"] = (
                [[2, 3, 4, 4], [2, 2, 2, 3, 4]],
                x => F.conv3d(x[0], x[1], padding: "same"),
                x => conv3d_padding(x[0].unsqueeze(0), x[1], padding: Padding.Same).squeeze(0)),
            ["conv_transpose1d"] = (
                [[2, 4, 3], [4, 3, 3], [6]], x => F.conv_transpose1d(x[0], x[1], x[2], 2, 1, 1, 2, 2),
                x => conv_transpose1d(x[0], x[1], x[2], 2, 1, 1, 2, 2)),
            ["conv_transpose2d"] = (
                [[2, 4, 3, 2], [4, 3, 3, 2], [6]],
                x => F.conv_transpose2d(x[0], x[1], x[2], (2, 3), (1, 0), (1, 2), 2, (2, 1)),
                x => conv_transpose2d(x[0], x[1], x[2], [2, 3], [1, 0], [1, 2], [2, 1], 2)),
            ["conv_transpose2d, no batch"] = (
                [[4, 3, 2], [4, 3, 3, 2]],
                x => F.conv_transpose2d(x[0], x[1], stride: 2, output_padding: 1),
                x => conv_transpose2d(x[0], x[1], null, [2, 2], [0, 0], [1, 1])),
            ["conv_transpose3d"] = (
                [[1, 2, 2, 3, 2], [2, 1, 2, 2, 2], [2]],
                x => F.conv_transpose3d(x[0], x[1], x[2], 2, 1, (1, 0, 1), 2),
                x => conv_transpose3d(x[0], x[1], x[2], [2, 2, 2], [1, 1, 1], [1, 0, 1], [1, 1, 1], 2)),
            ["pad, constant"] = (
                [[2, 3]], x => F.pad(x[0], [1, 2, 0, 1], "constant", 2), x => pad(x[0], [1, 2, 0, 1], PaddingModes.Constant, 2)),
            ["pad, reflect"] = ([[2, 3, 4]], x => F.pad(x[0], [3, 1], "reflect"), x => pad(x[0], [3, 1], PaddingModes.Reflect)),
            ["pad, replicate, two dims"] = (
                [[2, 3, 4]], x => F.pad(x[0], [2, 0, 1, 5], "replicate"), x => pad(x[0], [2, 0, 1, 5], PaddingModes.Replicate)),
            ["pad, circular"] = ([[2, 3, 4]], x => F.pad(x[0], [4, 3], "circular"), x => pad(x[0], [4, 3], PaddingModes.Circular)),
            ["pad, circular, two dims"] = (
                [[2, 3, 4, 5]], x => F.pad(x[0], [1, 2, 3, 0], "circular"), x => pad(x[0], [1, 2, 3, 0], PaddingModes.Circular)),
            ["pad, circular, cut"] = (
                [[3, 4, 5]], x => F.pad(x[0], [-1, 2, 1, -2], "circular"), x => pad(x[0], [-1, 2, 1, -2], PaddingModes.Circular)),
            ["pad, circular, three dims"] = (
                [[2, 2, 3, 2]], x => F.pad(x[0], [1, 1, 0, 2, 2, 1], "circular"),
                x => pad(x[0], [1, 1, 0, 2, 2, 1], PaddingModes.Circular)),
            ["pad, circular, nothing"] = (
                [[2, 3]], x => F.pad(x[0], [0, 0], "circular") * 1, x => pad(x[0], [0, 0], PaddingModes.Circular)),
        };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValueAndGradientsAreThoseOfLibtorch(string name)
    {
        var (shapes, ours, theirs) = s_cases[name];
        Tensor[] inputs = [.. shapes.Select((s, i) => Make.Real(s, seed: i + 1))];
        var leaves = Array.ConvertAll(inputs, x => x.AsTorch().clone().requires_grad_());
        var expected = theirs(leaves);
        var weights = Make.Real((Shape)expected.shape, seed: 7);
        var expectedGradients = torch.autograd.grad([expected], leaves, [weights.AsTorch()]);

        var step = Jit.Compile((Tensor[] x) =>
        {
            var (y, g) = Pullback.Differentiate(x, ours, y => ([y], [weights]));
            return (Tensor[])[y, .. g.Select(t => t!)];
        });
        var (value, gradients) = Pullback.Differentiate(inputs, ours, y => ([y], [weights]));
        foreach (var (how, actual) in new[]
        {
            ("eager", (Tensor[])[value, .. gradients.Select(t => t!)]), ("compiled", step.Invoke(inputs))
        })
        {
            OpCheck.AssertClose(expected, actual[0], 1e-12, $"{name}, {how}");
            for (var i = 0; i < inputs.Length; i++)
            {
                OpCheck.AssertClose(expectedGradients[i], actual[i + 1], 1e-12, $"{name}, {how}, gradient {i}");
            }
        }

        step.ClearCache();
    }

    [Fact]
    public void ConvolutionOfHalvesIsThatOfLibtorch()
    {
        foreach (var dtype in new[] { DType.BFloat16, DType.Float16 })
        {
            var (x, w) = (Make.Real([2, 4, 9, 9], dtype), Make.Real([4, 4, 3, 3], dtype, 2));
            OpCheck.AssertClose(conv2d(x.AsTorch(), w.AsTorch()), F.conv2d(x, w), 0, dtype.Name());
        }
    }

    [Fact]
    public void AGradientTakesOneNativeCall()
    {
        var (x, w, b) = (Make.Real([1, 2, 4, 4]), Make.Real([2, 2, 3, 3]), Make.Real([2]));
        var f = Jit.Compile((Tensor[] t) =>
        {
            var (_, g) = Pullback.Differentiate(t, p => F.conv2d(p[0], p[1], p[2]), y => ([y], [F.ones_like(y)]));
            return (Tensor[])[.. g.Select(p => p!)];
        });
        f.Invoke([x, w, b]);
        Assert.Single(f.Graph!.Equations, e => e.Primitive == F.ConvolutionBackward);
        Assert.DoesNotContain(f.Graph.Equations, e => e.Primitive == F.Convolution);
    }
}
