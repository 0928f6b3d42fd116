using System.ComponentModel;
using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>What git says about the working tree that this program is started in.</summary>
internal static class SourceControl
{
    /// <summary>The commit's short name, with <c>-dirty</c> where tracked files have changed.</summary>
    /// <exception cref="InvalidOperationException">This is no working tree, or there is no git.</exception>
    public static string Commit() => Ask("describe", "--always", "--abbrev=7", "--exclude=*", "--dirty");

    /// <inheritdoc cref="Commit"/>
    /// <returns>The working tree's first folder.</returns>
    public static DirectoryInfo Root() => new(Ask("rev-parse", "--show-toplevel"));

    private static string Ask(params string[] arguments)
    {
        try
        {
            using var git = Process.Start(
                new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var answer = git.StandardOutput.ReadToEnd().Trim();
            var complaint = git.StandardError.ReadToEnd().Trim();
            git.WaitForExit();
            return git.ExitCode == 0 ? answer : throw new InvalidOperationException($"git {arguments[0]} says: {complaint}");
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"git does not start: {error.Message}", error);
        }
    }
}
