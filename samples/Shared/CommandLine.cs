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
        // The parser skips a first argument in brackets or equal to its own name.
        if (args is [var first, ..] && first is not ['-' or '/', ..] && !command.Subcommands.Any(sub => sub.Name == first))
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
    public static Option<string?> Text(string name, string help, string description) =>
        new(name) { HelpName = help, Description = description };

    /// <summary>An option that takes a file to write, in a folder that exists.</summary>
    public static Option<string?> OutputFile(string name, string description)
    {
        var option = Text(name, "FILE", description);
        option.Validators.Add(result =>
        {
            var path = result.GetValueOrDefault<string?>();
            if (string.IsNullOrWhiteSpace(path) || Directory.Exists(path)
                || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))))
            {
                result.AddError($"{name} must be a file in a folder that exists, not '{path}'");
            }
        });
        return option;
    }

    /// <summary>An option that takes a whole number; null when it is not given and has no default.</summary>
    public static Option<int?> Whole(string name, int min, int max, string description, int? initial = null) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = initial is null ? null : _ => initial,
        CustomParser = result => (int?)Number(result, name, min, max, isWhole: true),
    };

    /// <summary>An option that takes a number; null when it is not given and has no default.</summary>
    public static Option<double?> Real(string name, double min, double max, string description, double? initial = null) => new(name)
    {
        HelpName = "X",
        Description = description,
        DefaultValueFactory = initial is null ? null : _ => initial,
        CustomParser = result => Number(result, name, min, max, isWhole: false),
    };

    /// <summary>An option that takes one of some words; null when it is not given.</summary>
    public static Option<string?> Word(string name, string description, params string[] words) =>
        Word<string>(name, description, [.. words.Select(word => (word, word))]);

    /// <summary>
    /// An option that takes one of some words, each of which stands for a value; the type's default when it is not given.
    /// </summary>
    public static Option<T?> Word<T>(string name, string description, params (string Word, T Value)[] choices) => new(name)
    {
        HelpName = string.Join("|", choices.Select(choice => choice.Word)),
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            foreach (var (word, value) in choices)
            {
                if (word == text)
                {
                    return value;
                }
            }

            result.AddError($"{name} must be {string.Join(", ", choices.SkipLast(1).Select(choice => choice.Word))} or {choices[^1].Word}, "
                + $"not '{text}'");
            return default;
        },
    };

    /// <summary>What an argument says, or null and an error when that is not a number in the range.</summary>
    public static double? Number(ArgumentResult result, string name, double min, double max, bool isWhole)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            && (!isWhole || value == Math.Floor(value)))
        {
            return value;
        }

        result.AddError(
            FormattableString.Invariant($"{name} must be a {(isWhole ? "whole " : "")}number from {min} to {max}, not '{text}'"));
        return null;
    }

    private static int Fail(TextWriter error, string message)
    {
        // A file name may hold line breaks, and the message must stay one line.
        error.WriteLine("error: " + string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)));
        return 1;
    }
}
