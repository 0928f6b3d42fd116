using Brachy;
using Spectre.Console;

namespace Samples.Shared;

/// <summary>The terminal of a program that may run as several ranks, which would all write the same.</summary>
internal static class RankConsole
{
    /// <summary>From now on only the first rank writes; errors of all are seen.</summary>
    public static void KeepToFirst()
    {
        if (!Rank.IsFirst)
        {
            AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        }
    }
}
