using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Brachy.Native;

/// <summary>The text of <see cref="NativeRuntime.Describe"/>.</summary>
internal static class MachineDescription
{
    public static string Write()
    {
        var oneDnn = OneDnn.OfProcess;
        var vectors = Avx512F.IsSupported ? ", AVX-512" : Avx2.IsSupported ? ", AVX2" : "";
        string[] lines =
        [
            $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors for "
            + ".NET",
            $"processor: {oneDnn.Caches?.Vendor ?? "no CPUID"}{vectors}",
            $"caches: for oneDNN {oneDnn.Caches?.Describe() ?? "not asked"}; by the system {SystemCaches.Describe() ?? "not listed"}",
            $"oneDNN: {(oneDnn.IsOn ? "on" : "off")}; NNPACK: {(TorchContext.IsNnpackOn is { } isOn ? isOn ? "on" : "off" : "unknown")}; "
            + $"threads: {TorchNative.GetThreadCount()}",
            .. NativeRuntime.Events.Select(happened => happened.ToString()),
        ];
        return string.Join('\n', lines);
    }
}
