using System.Runtime.InteropServices;

namespace Brachy.Ranks;

/// <summary>
/// Puts .NET's handlers of signals back. MPI libraries, and what they load (UCX), replace some by handlers that end the process; .NET
/// needs its own, as a null reference comes as a signal.
/// </summary>
internal sealed unsafe class SignalHandlers : IDisposable
{
    private const int Signals = 64;

    // More than any system's struct sigaction, of which the first field is the handler, 0 for none and 1 for ignored.
    private const int Size = 256;

    private readonly byte[] _before = new byte[Signals * Size];
    private readonly delegate* unmanaged<int, byte*, byte*, int> _action;

    private SignalHandlers()
    {
        if (!OperatingSystem.IsWindows()
            && NativeLibrary.TryLoad(OperatingSystem.IsMacOS() ? "libSystem.dylib" : "libc.so.6", out var system)
            && NativeLibrary.TryGetExport(system, "sigaction", out var action))
        {
            _action = (delegate* unmanaged<int, byte*, byte*, int>)action;
            fixed (byte* before = _before)
            {
                for (var signal = 1; signal < Signals; signal++)
                {
                    _action(signal, null, before + (signal * Size));
                }
            }
        }
    }

    /// <summary>Remembers the handlers until it is disposed.</summary>
    public static SignalHandlers Keep() => new();

    public void Dispose()
    {
        if (_action is null)
        {
            return;
        }

        var now = stackalloc byte[Size];
        fixed (byte* before = _before)
        {
            for (var signal = 1; signal < Signals; signal++)
            {
                var old = before + (signal * Size);
                if (*(nint*)old is not (0 or 1) && _action(signal, null, now) == 0 && *(nint*)now != *(nint*)old)
                {
                    _action(signal, old, null);
                }
            }
        }
    }
}
