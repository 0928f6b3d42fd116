using Brachy.Compilation;
using Brachy.IO.Tracing;

namespace Brachy.IO.TorchScript;

/// <summary>An argument of a program.</summary>
/// <param name="Name">Its name in the code.</param>
/// <param name="Type">Its type; sizes that vary are those of an example.</param>
/// <param name="Dims">For each dim the name of a size that varies, or null.</param>
internal sealed record ScriptArgument(string Name, TensorType Type, IReadOnlyList<string?> Dims)
{
    /// <summary>The arguments of a graph, under names that code can have and the ops have not.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <param name="variables">The inputs as the graph has them.</param>
    /// <param name="names">Names that a caller wants, or null.</param>
    /// <exception cref="ArgumentException">
    /// There are more or fewer names than inputs, or two are the same, or code cannot have one.
    /// </exception>
    public static ScriptArgument[] Of(IReadOnlyList<ProgramInput> inputs, IReadOnlyList<Var> variables, IReadOnlyList<string>? names)
    {
        Require(names, inputs.Count);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        return [.. inputs.Select((input, i) => new ScriptArgument(names?[i] ?? Free(input.Name), variables[i].Type, input.Dims))];

        string Free(string name)
        {
            name = new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')]);
            if (!ScriptModule.IsIdentifier(name) || IsLocal(name))
            {
                name = $"_{name}";
            }

            while (!taken.Add(name))
            {
                name += "_";
            }

            return name;
        }
    }

    private static void Require(IReadOnlyList<string>? names, int count)
    {
        if (names is null)
        {
            return;
        }

        var option = nameof(TorchScriptOptions.InputNames);
        if (names.Count != count || names.Distinct(StringComparer.Ordinal).Count() != count)
        {
            throw new ArgumentException(
                $"There are {count} inputs: give each a name of its own, not [{string.Join(", ", names)}].", option);
        }

        if (names.FirstOrDefault(name => !ScriptModule.IsIdentifier(name ?? "") || IsLocal(name!)) is { } name)
        {
            throw new ArgumentException(
                $"'{name}' is no name for an argument: take letters, digits and underscores, and neither a word of Python nor a letter "
                + "with a number behind it, as the program calls its values so.", option);
        }
    }

    /// <summary>Whether the code of ops may call a value so: a letter and a number.</summary>
    private static bool IsLocal(string name) =>
        name.Length > 1 && char.IsAsciiLetter(name[0]) && name.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
