using System.Runtime.Intrinsics.X86;

namespace Brachy.Native;

/// <summary>The four registers that the CPUID instruction fills.</summary>
internal readonly record struct CpuIdRegisters(uint Eax, uint Ebx, uint Ecx, uint Edx);

/// <summary>The CPUID instruction of an x86 processor, or of one that a test describes.</summary>
/// <param name="leaf">What is asked.</param>
/// <param name="subleaf">Which part of the answer.</param>
internal delegate CpuIdRegisters CpuIdReader(uint leaf, uint subleaf);

/// <summary>CPUID of the processor that this runs on.</summary>
internal static class CpuId
{
    /// <summary>Reads a leaf; null where there is no such instruction, as on Arm.</summary>
    public static CpuIdReader? OfProcessor { get; } = X86Base.IsSupported ? Read : null;

    private static CpuIdRegisters Read(uint leaf, uint subleaf)
    {
        var (eax, ebx, ecx, edx) = X86Base.CpuId((int)leaf, (int)subleaf);
        return new((uint)eax, (uint)ebx, (uint)ecx, (uint)edx);
    }
}
