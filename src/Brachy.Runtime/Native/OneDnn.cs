namespace Brachy.Native;

/// <summary>
/// Whether libtorch, and Brachy's own code, may use oneDNN's kernels. Decided from CPUID when the libraries are loaded, and once more
/// before the first convolution, by a few known ones.
/// </summary>
/// <param name="choice">The user's choice: <c>1</c> for on, whatever is found, <c>0</c> for off; null or empty for none.</param>
/// <param name="cpuid">The processor; null where it has no CPUID.</param>
/// <param name="turn">Turns oneDNN on or off in libtorch; false where that cannot be done.</param>
/// <param name="log">Takes what was decided, and why.</param>
internal sealed class OneDnn(string? choice, CpuIdReader? cpuid, Func<bool, bool> turn, Action<string> log)
{
    private readonly Lock _gate = new();
    private volatile bool _isOn = true;
    private volatile bool _isChecked;
    private volatile string? _wrong;

    /// <summary>Of this process.</summary>
    public static OneDnn OfProcess { get; } = new(
        Environment.GetEnvironmentVariable(NativeRuntime.OneDnnVariable), CpuId.OfProcessor, TurnInLibtorch,
        message => NativeRuntime.Log("oneDNN", message));

    private bool IsForcedOn => choice is "1" or "true";

    private bool IsForcedOff => choice is "0" or "false";

    /// <summary>The processor's caches as oneDNN sees them; null without CPUID.</summary>
    public OneDnnCaches? Caches { get; } = cpuid is null ? null : OneDnnCaches.Read(cpuid);

    /// <summary>Whether oneDNN is in use, as far as is known; does not compute anything.</summary>
    public bool IsOn => _isOn;

    /// <summary>
    /// Decides by the user's choice and by the processor. To be called when libtorch has been loaded, before it computes.
    /// </summary>
    public void Configure()
    {
        if (IsForcedOff)
        {
            TurnOff($"off, because {NativeRuntime.OneDnnVariable}={choice}");
        }
        else if (IsForcedOn)
        {
            _isChecked = true;
            if (Caches?.Fault is { } risk)
            {
                log($"on, because {NativeRuntime.OneDnnVariable}={choice}, although {risk}");
            }
        }
        else if (Caches?.Fault is { } fault)
        {
            TurnOff($"off, because {fault}; libtorch's own kernels are used ({NativeRuntime.OneDnnVariable}=1 would turn it on)");
        }

        if (!IsForcedOff && !IsForcedOn && !string.IsNullOrEmpty(choice))
        {
            log($"{NativeRuntime.OneDnnVariable} must be 0 or 1, but is '{choice}', and was not obeyed");
        }
    }

    /// <summary>
    /// Whether oneDNN's kernels may be used, after known convolutions were tried: if they are wrong, oneDNN is turned off, and they are
    /// tried again. Cheap after the first call.
    /// </summary>
    /// <param name="findFault">Computes known convolutions and says what is wrong with them, or null.</param>
    /// <exception cref="NativeOpException">Convolutions are wrong on this machine, with oneDNN and without.</exception>
    public bool IsUsable(Func<string?> findFault)
    {
        if (!_isChecked)
        {
            lock (_gate)
            {
                if (!_isChecked)
                {
                    Check(findFault);
                    _isChecked = true;
                }
            }
        }

        return _wrong is null ? _isOn : throw new NativeOpException(_wrong);
    }

    private void Check(Func<string?> findFault)
    {
        if (findFault() is not { } fault)
        {
            return;
        }

        if (_isOn)
        {
            TurnOff($"off, because a known convolution came out wrong with it ({fault}); libtorch's own kernels are used");
            if (!_isOn && findFault() is null)
            {
                return;
            }
        }

        _wrong = $"libtorch computes wrong convolutions on this machine, with oneDNN and without: {fault}. "
            + "Please report this with NativeRuntime.Describe().";
        log(_wrong);
    }

    private void TurnOff(string reason)
    {
        if (turn(false))
        {
            _isOn = false;
            log(reason);
        }
        else
        {
            log($"should be {reason}; but this libtorch has no switch for it");
        }
    }

    private static bool TurnInLibtorch(bool isOn)
    {
        if (!isOn)
        {
            Nnpack.TurnOff("oneDNN is off, and NNPACK, which would take its place, is less exact than libtorch's other kernels");
        }

        return TorchContext.TrySetOneDnn(isOn);
    }
}
