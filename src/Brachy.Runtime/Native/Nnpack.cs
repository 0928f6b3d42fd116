namespace Brachy.Native;

/// <summary>
/// Keeps libtorch from NNPACK where it cannot start, which libtorch would print once for each thread that convolves, and where oneDNN is
/// off. There it would convolve batches of 16 images and more, forward, in a quarter to three quarters of the time, but with errors of 1e-5
/// of the largest value where libtorch's other kernels have 4e-7 (measured with 64 to 512 channels); and it divides by zero on some
/// processors (pytorch#153139). With oneDNN on, libtorch has no use for it.
/// </summary>
internal static class Nnpack
{
    /// <summary>Decides when libtorch has been loaded.</summary>
    public static void Configure()
    {
        if (TorchContext.CanUseNnpack() == false)
        {
            TurnOff("it does not start on this processor");
        }
    }

    public static void TurnOff(string reason)
    {
        if (TorchContext.IsNnpackOn != false && TorchContext.TrySetNnpack(false))
        {
            NativeRuntime.Log("NNPACK", $"off, because {reason}");
        }
    }
}
