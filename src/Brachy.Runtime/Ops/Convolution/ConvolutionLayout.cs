using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>In which order of memory the operands of a convolution's gradients may be.</summary>
internal static class ConvolutionLayout
{
    // The channels that oneDNN's kernels take at a time: 8 with AVX2, 16 with AVX-512.
    private const long LargestBlock = 16;

    /// <summary>
    /// Whether operands in channels-last order must be copied into rows. oneDNN writes past its work space where it computes the gradient
    /// by weight of a 1×1 convolution with strides from fewer channels than a block (uxlfoundation/oneDNN#6035): wrong gradients, a
    /// corrupted heap, or threads that wait for ever. A transposed convolution is the same with the result in the image's place.
    /// </summary>
    public static bool NeedsRows(IRuleArgs<ConvolutionBackwardSettings> x)
    {
        var (settings, weight) = (x.Settings, x.Types[2]);
        var image = settings.Transposed ? settings.OutputChannels(weight.Shape) : x.Types[1].Shape[1];
        return weight.Device.Kind == DeviceKind.Cpu && settings.OutputMask[1] != 0
            && image / settings.Groups < LargestBlock
            && settings.Dims <= 2 && weight.Shape.Skip(2).All(k => k == 1) && settings.Stride.Any(s => s > 1)
            && ConvolutionSelfCheck.AllowsOneDnn();
    }

    /// <summary>An operand in the order of its rows, if that is needed.</summary>
    public static torch.Tensor Operand(EagerArgs x, torch.Tensor operand, bool needsRows) =>
        needsRows ? x.Temporary(operand.contiguous()) : operand;

    /// <inheritdoc cref="Operand(EagerArgs, torch.Tensor, bool)"/>
    public static string Operand(string operand, bool needsRows) => needsRows ? operand + ".contiguous()" : operand;
}
