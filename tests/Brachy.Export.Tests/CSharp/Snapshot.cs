using System.Runtime.CompilerServices;

namespace Brachy.Tests.CSharpSources;

/// <summary>Texts that are kept beside their test, so that each change of one is read.</summary>
internal static class Snapshot
{
    public static void Verify(string name, string text, [CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here)!;
        var verified = Path.Combine(folder, $"{name}.verified.cs");
        if (File.Exists(verified) && File.ReadAllText(verified) == text)
        {
            return;
        }

        File.WriteAllText(Path.Combine(folder, $"{name}.received.cs"), text);
        Assert.Fail($"{name} is written in another way. Compare the received file with the verified one; if it is meant, rename it.");
    }
}
