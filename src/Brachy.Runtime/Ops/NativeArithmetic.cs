using Brachy.Native;

namespace Brachy;

/// <summary>Sums and products of kernels, with numbers that live until the kernel has read them.</summary>
internal static class NativeArithmetic
{
    public static TorchSharp.torch.Tensor Times(TorchSharp.torch.Tensor x, double factor) => x.mul(NativeNumber.Of(factor));

    public static TorchSharp.torch.Tensor Plus(TorchSharp.torch.Tensor x, double number) =>
        x.add(NativeNumber.Of(number), NativeNumber.Of(1));

    public static TorchSharp.torch.Tensor Added(TorchSharp.torch.Tensor x, TorchSharp.torch.Tensor y) => x.add(y, NativeNumber.Of(1));

    /// <summary>1 - x; what it makes on the way is left to the scope.</summary>
    public static TorchSharp.torch.Tensor OneMinus(TorchSharp.torch.Tensor x) => Plus(x.neg(), 1);
}
