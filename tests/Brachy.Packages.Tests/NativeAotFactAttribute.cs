using System.Diagnostics;

namespace Brachy.Packages.Tests;

/// <summary>A test that is skipped, with the reason, where the linker that NativeAOT calls is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NativeAotFactAttribute : FactAttribute
{
    public NativeAotFactAttribute() => Skip = Missing();

    private static string? Missing()
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        // What a C compiler does not find, it names back.
        foreach (var compiler in (string[])["clang", "gcc"])
        {
            try
            {
                var start = new ProcessStartInfo(compiler, "-print-file-name=libz.so") { RedirectStandardOutput = true };
                using var process = Process.Start(start)!;
                var found = process.StandardOutput.ReadToEnd().Trim();
                process.WaitForExit();
                return Path.IsPathFullyQualified(found) ? null : $"NativeAOT links with zlib, and {compiler} finds no libz.so here.";
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        return "NativeAOT links with clang or gcc, and neither is here.";
    }
}
