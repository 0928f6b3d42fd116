using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>
/// Compares generated files with <c>Class.Method#File.verified.cs</c> beside the test; on a mismatch writes
/// <c>.received.cs</c>, to be looked at and renamed. The conventions are those of Verify.
/// </summary>
internal static class Snapshot
{
    public static void Verify(GeneratorDriverRunResult result, [CallerFilePath] string test = "", [CallerMemberName] string method = "")
    {
        var folder = Path.GetDirectoryName(test)!;
        var prefix = $"{Path.GetFileNameWithoutExtension(test)}.{method}#";
        var generated = result.Results.SelectMany(r => r.GeneratedSources).ToDictionary(
            source => prefix + Path.GetFileNameWithoutExtension(source.HintName), source => source.SourceText.ToString());
        var stale = Directory.GetFiles(folder, prefix + "*.verified.cs").Where(path => !generated.ContainsKey(NameOf(path)));
        var different = generated.Where(file => !Matches(Path.Combine(folder, file.Key), file.Value)).Select(file => file.Key);
        var problems = different.Select(name => $"{name}.received.cs differs from {name}.verified.cs")
            .Concat(stale.Select(path => $"{Path.GetFileName(path)} is no longer generated"))
            .ToArray();
        Assert.True(problems.Length == 0, $"In {folder}:\n{string.Join("\n", problems)}\nRename what is right to .verified.cs.");
    }

    private static bool Matches(string path, string text)
    {
        var (verified, received) = (path + ".verified.cs", path + ".received.cs");
        if (File.Exists(verified) && File.ReadAllText(verified).ReplaceLineEndings("\n") == text)
        {
            File.Delete(received);
            return true;
        }

        File.WriteAllText(received, text);
        return false;
    }

    private static string NameOf(string path) => Path.GetFileName(path)[..^".verified.cs".Length];
}
