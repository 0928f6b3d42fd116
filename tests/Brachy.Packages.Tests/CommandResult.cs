using System.Text.RegularExpressions;

namespace Brachy.Packages.Tests;

/// <summary>What a command did.</summary>
/// <param name="Command">The command line.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to both streams.</param>
public sealed partial record CommandResult(string Command, int ExitCode, string Output)
{
    /// <summary>The codes of the errors and warnings in the output, each once, in order.</summary>
    public string[] Codes =>
        [.. Code().Matches(Output).Select(match => match.Groups["code"].Value).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The lines of the output that are not empty, without spaces around them.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Fails the test, with the output, unless the command succeeded without a warning.</summary>
    public CommandResult Clean()
    {
        Succeeded();
        Assert.True(Codes.Length == 0, $"{Command} reports {string.Join(", ", Codes)}:\n{Output}");
        return this;
    }

    /// <summary>Fails the test, with the output, unless the command succeeded.</summary>
    public CommandResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"{Command} ended with {ExitCode}:\n{Output}");
        return this;
    }

    [GeneratedRegex(@"(?:error|warning) (?<code>[A-Z]+[0-9]+)")]
    private static partial Regex Code();
}
