using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Brachy.Benchmarks;

/// <summary>What figures depend on beside the code. Only runs of equal machines are compared.</summary>
/// <param name="Processor">The processor's name; of x86 ones with family, model and stepping, since virtual machines shorten names.</param>
/// <param name="Processors">How many processors .NET may use.</param>
/// <param name="Architecture">Such as X64 or Arm64.</param>
internal sealed record Machine(string Processor, int Processors, string Architecture)
{
    /// <summary>The one that this runs on.</summary>
    /// <param name="name">A name to use in place of the processor's, for machines that look alike.</param>
    public static Machine OfProcess(string? name = null) =>
        new(name ?? ProcessorName(), Environment.ProcessorCount, RuntimeInformation.ProcessArchitecture.ToString());

    public override string ToString() => $"{Processors} cores of {Processor} ({Architecture})";

    private static string ProcessorName()
    {
        if (!X86Base.IsSupported)
        {
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.RuntimeIdentifier;
        }

        // Leaves 0x80000002 to 0x80000004 hold 48 characters, leaf 1 the numbers ("CPUID" in AMD's and Intel's manuals).
        var name = new StringBuilder();
        for (var leaf = unchecked((int)0x80000002); leaf <= unchecked((int)0x80000004); leaf++)
        {
            var (eax, ebx, ecx, edx) = X86Base.CpuId(leaf, 0);
            foreach (var register in new[] { eax, ebx, ecx, edx })
            {
                name.Append(Encoding.ASCII.GetString(BitConverter.GetBytes(register)));
            }
        }

        var signature = X86Base.CpuId(1, 0).Eax;
        var (family, model, stepping) = ((signature >> 8) & 0xF, (signature >> 4) & 0xF, signature & 0xF);
        model += family is 6 or 15 ? (signature >> 12) & 0xF0 : 0;
        family += family == 15 ? (signature >> 20) & 0xFF : 0;
        return $"{name.ToString().Trim('\0', ' ')}, family {family} model {model} stepping {stepping}";
    }
}
