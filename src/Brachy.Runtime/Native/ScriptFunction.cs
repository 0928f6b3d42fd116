using System.Runtime.CompilerServices;
using TorchSharp;

namespace Brachy.Native;

/// <summary>A kernel of libtorch that TorchSharp does not offer, called through a TorchScript function of its own.</summary>
/// <param name="script">A function <c>main</c> of tensors and then integers; it returns a tuple of tensors.</param>
/// <param name="results">How many tensors it returns.</param>
internal sealed unsafe class ScriptFunction(string script, int results)
{
    // What TorchSharp's native library calls an Int32; a tensor is 0.
    private const int Integer = 3;

    private readonly Lazy<ScriptHandle> _unit = new(() => ScriptHandle.Compile(script));

    /// <summary>Calls the function.</summary>
    /// <exception cref="NativeOpException">The kernel failed.</exception>
    [SkipLocalsInit]
    public torch.Tensor[] Invoke(ReadOnlySpan<torch.Tensor> tensors, ReadOnlySpan<long> numbers)
    {
        var count = tensors.Length + numbers.Length;
        var arguments = stackalloc TensorOrScalar[count];
        for (var i = 0; i < tensors.Length; i++)
        {
            arguments[i] = new TensorOrScalar { Handle = tensors[i].Handle };
        }

        for (var i = 0; i < numbers.Length; i++)
        {
            arguments[tensors.Length + i] = new TensorOrScalar { TypeCode = Integer, Handle = checked((int)numbers[i]) };
        }

        Span<nint> handles = stackalloc nint[results];
        _unit.Value.Invoke("main\0"u8, arguments, count, handles);
        foreach (var tensor in tensors)
        {
            GC.KeepAlive(tensor);
        }

        var made = new torch.Tensor[results];
        for (var i = 0; i < results; i++)
        {
            made[i] = torch.Tensor.UnsafeCreateTensor(handles[i]);
        }

        return made;
    }
}
