using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>
/// Memory of others that native tensors lie in. libtorch counts who uses it: tensors, their views, and what TorchSharp made.
/// </summary>
internal static unsafe class LentMemory
{
    private static readonly ConcurrentDictionary<nint, Action> s_returns = new();

    /// <summary>A native tensor over memory of the caller's, dense, on the CPU.</summary>
    /// <param name="memory">The memory, which stays where it is until it is given back.</param>
    /// <param name="sizes">The shape; it has elements.</param>
    /// <param name="dtype">TorchSharp's number of the element type.</param>
    /// <param name="onReturn">
    /// Called once, on any thread, when nothing native uses the memory any more. It must not throw.
    /// </param>
    /// <returns>The handle.</returns>
    /// <exception cref="ArgumentException">A tensor over the same memory lives.</exception>
    /// <exception cref="ExternalException">libtorch refuses.</exception>
    public static nint Over(nint memory, ReadOnlySpan<long> sizes, sbyte dtype, Action onReturn)
    {
        if (!s_returns.TryAdd(memory, onReturn))
        {
            throw new ArgumentException("A tensor over this memory lives already; wait until it gave the memory back.", nameof(memory));
        }

        fixed (long* first = sizes)
        {
            var handle = TorchNative.Over(
                memory, &Return, first, sizes.Length, dtype, dtype, device: 0, deviceIndex: -1, needsGradient: false);
            if (handle != 0)
            {
                return handle;
            }
        }

        s_returns.TryRemove(memory, out _);
        var error = TorchNative.TakeLastError();
        throw new ExternalException(
            $"libtorch cannot take the memory: {(error == 0 ? "no reason given" : Marshal.PtrToStringUTF8(error))}");
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Return(nint memory)
    {
        if (s_returns.TryRemove(memory, out var onReturn))
        {
            onReturn();
        }
    }
}
