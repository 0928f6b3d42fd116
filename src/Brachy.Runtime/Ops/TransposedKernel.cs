using TorchSharp;

namespace Brachy;

/// <summary>Kernels of gradients that TorchSharp has no function for, reached through libtorch's autograd.</summary>
internal static class TransposedKernel
{
    /// <summary>The gradient of a linear function, which does not depend on where it is taken.</summary>
    /// <param name="x">The operands: the gradient of the result comes first.</param>
    /// <param name="shape">The shape of the function's argument.</param>
    /// <param name="linear">The function. It must not fail: libtorch cannot report errors of a gradient, and ends the process.</param>
    public static torch.Tensor Compute(EagerArgs x, Shape shape, Func<torch.Tensor, torch.Tensor> linear)
    {
        var g = x[0];
        using var recording = torch.set_grad_enabled(true);
        var point = x.Temporary(torch.zeros(shape.Sizes, dtype: g.dtype, device: g.device, requires_grad: true));
        var result = x.Temporary(linear(point));
        return torch.autograd.grad([result], [point], [g], create_graph: g.requires_grad)[0];
    }
}
