using TorchSharp;

namespace Brachy.Native;

/// <summary>TorchScript functions for eager kernels that TorchSharp has no function for; compiled at the first call.</summary>
internal sealed class EagerScript(string text)
{
    private readonly Lazy<torch.jit.CompilationUnit> _unit = new(() => torch.jit.compile(text));

    /// <summary>Calls a function that returns a list of tensors.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="operands">Tensors, numbers, flags, or null for no tensor.</param>
    public torch.Tensor[] Invoke(string function, params object?[] operands)
    {
        // TorchSharp would make native numbers of its own, which may be collected before they are read.
        var held = Array.ConvertAll(operands, operand => operand switch
        {
            long whole => NativeNumber.Of(whole),
            double real => NativeNumber.Of(real),
            _ => operand,
        });
        var results = (torch.Tensor[])_unit.Value.invoke(function, held);
        GC.KeepAlive(held);
        return results;
    }
}
