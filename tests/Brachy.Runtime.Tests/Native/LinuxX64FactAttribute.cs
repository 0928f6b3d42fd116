using System.Runtime.InteropServices;

namespace Brachy.Tests.Native;

/// <summary>A test of what happens on 64-bit x86 Linux only; elsewhere there is no such library to edit or load.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxX64FactAttribute : FactAttribute
{
    public LinuxX64FactAttribute()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            Skip = "Brachy edits libraries on 64-bit x86 Linux only.";
        }
    }
}
