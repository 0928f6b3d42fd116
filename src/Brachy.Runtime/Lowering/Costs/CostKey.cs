using System.Buffers.Binary;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using Brachy.Native;
using TorchSharp;

namespace Brachy.Compilation;

/// <summary>What measured costs are valid for: the processor, the threads, libtorch and Brachy.</summary>
internal static class CostKey
{
    // Leaves of CPUID: the family, model and stepping; the name of the processor.
    private const uint Family = 1;
    private const uint LastExtended = 0x80000000;
    private const uint FirstOfName = 0x80000002;
    private const uint LastOfName = 0x80000004;

    private static bool IsOptimized =>
        typeof(VectorCompiler).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    /// <summary>The machine, on one line.</summary>
    public static string OfMachine() => string.Join("; ",
        OfProcessor(CpuId.OfProcessor),
        $"vectors of {(Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128)} bits",
        $"{Environment.ProcessorCount} processors, {ThreadCount.OfThisThread} threads",
        $"libtorch {torch.__version__} {(ConvolutionSelfCheck.AllowsOneDnn() ? "with" : "without")} oneDNN",
        $"Brachy {typeof(CostKey).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}"
        + (IsOptimized ? "" : ", not optimized"));

    /// <summary>The processor by its own name.</summary>
    /// <param name="cpuId">What reads it; null where there is no such instruction.</param>
    public static string OfProcessor(CpuIdReader? cpuId)
    {
        if (cpuId is null)
        {
            return $"{RuntimeInformation.ProcessArchitecture}";
        }

        var name = new StringBuilder();
        if (cpuId(LastExtended, 0).Eax >= LastOfName)
        {
            Span<byte> text = stackalloc byte[16];
            for (var leaf = FirstOfName; leaf <= LastOfName; leaf++)
            {
                var (eax, ebx, ecx, edx) = cpuId(leaf, 0);
                BinaryPrimitives.WriteUInt32LittleEndian(text, eax);
                BinaryPrimitives.WriteUInt32LittleEndian(text[4..], ebx);
                BinaryPrimitives.WriteUInt32LittleEndian(text[8..], ecx);
                BinaryPrimitives.WriteUInt32LittleEndian(text[12..], edx);
                name.Append(Encoding.ASCII.GetString(text));
            }
        }

        return $"{name.ToString().Trim('\0', ' ')} {cpuId(Family, 0).Eax:x}".TrimStart();
    }
}
