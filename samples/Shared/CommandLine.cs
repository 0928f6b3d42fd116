using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Samples.Shared;

/// <summary>Options with ranges, and one line for whatever the user can get wrong.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; whatever the user can get wrong becomes one line on <paramref name="error"/> and exit code 1.</summary>
    public static int Run(RootCommand command, string[] args, TextWriter output, TextWriter error)
    {
        // The parser skips a first argument equal to its own name.
        if (args is [var first, ..] && first is not ['-' or '/', ..])
        {
            return Fail(error, $"Unrecognized command or argument '{first}'.");
        }

        // A response file is a feature nobody asked for, and it would turn "@name" into a file error.
        var parsed = command.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            return Fail(error, parsed.Errors[0].Message);
        }

        try
        {
            return parsed.Invoke(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(error, e.Message);
        }
    }

    /// <summary>An option that takes any text.</summary>
    public static Option<string?> Text(string name, string help, string description) => new(name) { HelpName = help, Description = description };

    /// <summary>An option that takes a file to write, in a folder that exists.</summary>
    public static Option<string?> OutputFile(string name, string description)
    {
        var option = Text(name, "FILE", description);
        option.Validators.Add(result =>
        {
            var path = result.GetValueOrDefault<string?>();
            if (string.IsNullOrWhiteSpace(path) || Directory.Exists(path) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            {
                result.AddError($"{name} must be a file in a folder that exists, not '{path}'");
            }
        });
        return option;
    }

    /// <summary>An option that takes a whole number; null when it is not given.</summary>
    public static Option<int?> Whole(string name, int min, int max, string description) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result => (int?)Number(result, name, min, max, isWhole: true),
    };

    /// <summary>An option that takes a number; null when it is not given.</summary>
    public static Option<double?> Real(string name, double min, double max, string description) => new(name)
    {
        HelpName = "X",
        Description = description,
        CustomParser = result => Number(result, name, min, max, isWhole: false),
    };

    /// <summary>An option that takes one of some words; null when it is not given.</summary>
    public static Option<string?> Word(string name, string description, params string[] words) => new(name)
    {
        HelpName = string.Join("|", words),
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (words.Contains(text))
            {
                return text;
            }

            result.AddError($"{name} must be {string.Join(", ", words.SkipLast(1))} or {words[^1]}, not '{text}'");
            return null;
        },
    };

    private static double? Number(ArgumentResult result, string name, double min, double max, bool isWhole)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max && (!isWhole || value == Math.Floor(value)))
        {
            return value;
        }

        result.AddError(FormattableString.Invariant($"{name} must be a {(isWhole ? "whole " : "")}number from {min} to {max}, not '{text}'"));
        return null;
    }

    private static int Fail(TextWriter error, string message)
    {
        // A file name may hold line breaks, and the message must stay one line.
        error.WriteLine("error: " + string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)));
        return 1;
    }
}
