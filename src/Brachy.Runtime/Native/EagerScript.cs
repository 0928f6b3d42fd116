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
        // TorchSharp passes a number as a native object that may be collected before it is read: own it until the call is over.
        var owned = Array.ConvertAll(operands, operand => operand switch
        {
            long whole => (TorchSharp.Scalar)whole,
            double real => (TorchSharp.Scalar)real,
            _ => operand,
        });
        try
        {
            return (torch.Tensor[])_unit.Value.invoke(function, owned);
        }
        finally
        {
            foreach (var scalar in owned.OfType<TorchSharp.Scalar>())
            {
                scalar.Dispose();
            }

            GC.KeepAlive(owned);
        }
    }
}
