using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>The element types in which convolutions are computed.</summary>
internal static class ConvolutionPrecision
{
    /// <summary>
    /// Whether a convolution of bfloat16 is computed in float32 and rounded. Where the processor has instructions for bfloat16, libtorch
    /// hands these convolutions to oneDNN 3.7, whose kernels read and write memory that is not theirs for a small share of shapes: 1 in
    /// 100 to 200 random ones had results or gradients by weight of any size, and some processes ended by a corrupted heap. Seen with
    /// strides or dilation, over three dims and transposed; the others stay as they are. float32 has the cases of <see
    /// cref="ConvolutionLayout"/>.
    /// </summary>
    public static bool ConvolvesInFloat32(IRuleArgs<ConvolutionSettings> x) =>
        x.Types[0] is { DType: DType.BFloat16, Device.Kind: DeviceKind.Cpu }
        && !(x.Settings is { Transposed: false, Dims: <= 2 } settings && settings.Stride.Concat(settings.Dilation).All(s => s == 1))
        && ConvolutionSelfCheck.AllowsOneDnn();

    /// <summary>An operand in the type that is computed in.</summary>
    public static torch.Tensor Operand(EagerArgs x, int index, bool isWide) =>
        isWide ? x.Temporary(x[index].to(torch.ScalarType.Float32)) : x[index];

    /// <inheritdoc cref="Operand(EagerArgs, int, bool)"/>
    public static string Operand(ScriptArgs x, int index, bool isWide) =>
        isWide ? $"{x[index]}.to({Script.Type(DType.Float32)})" : x[index];

    /// <summary>A result in the type of the operands.</summary>
    public static torch.Tensor Result(EagerArgs x, torch.Tensor y, bool isWide) =>
        isWide ? x.Temporary(y).to(torch.ScalarType.BFloat16) : y;

    /// <summary>What turns a result into the type of the operands, in TorchScript.</summary>
    public static string ToResultType(bool isWide) => isWide ? $".to({Script.Type(DType.BFloat16)})" : "";
}
