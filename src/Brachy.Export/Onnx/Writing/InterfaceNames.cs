using Brachy.IO.Tracing;

namespace Brachy.IO.Onnx;

/// <summary>The names of a model's inputs and outputs.</summary>
/// <param name="Inputs">The inputs, in the order of the arguments.</param>
/// <param name="Outputs">The outputs, in the order of the result.</param>
internal sealed record InterfaceNames(IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs)
{
    /// <summary>The names that a user gave, or those of arguments and result.</summary>
    /// <exception cref="ArgumentException">Names are missing, empty, or stand for two things.</exception>
    public static InterfaceNames Of(TracedProgram program, OnnxOptions options)
    {
        var names = new InterfaceNames(
            Chosen(options.InputNames, [.. program.Inputs.Select(input => input.Name)], "input", nameof(options.InputNames)),
            Chosen(options.OutputNames, program.OutputPaths, "output", nameof(options.OutputNames)));
        var all = new HashSet<string>(program.Weights.Select(weight => weight.Name));
        foreach (var name in names.Inputs.Concat(names.Outputs))
        {
            if (string.IsNullOrEmpty(name) || !all.Add(name))
            {
                throw new ArgumentException(
                    $"The name '{name}' is empty, or stands for two of the inputs, outputs and weights. Give names of their own by "
                    + $"{nameof(OnnxOptions.InputNames)} and {nameof(OnnxOptions.OutputNames)}.", nameof(options));
            }
        }

        return names;
    }

    private static IReadOnlyList<string> Chosen(
        IReadOnlyList<string>? given, IReadOnlyList<string> paths, string what, string option)
    {
        if (given is null)
        {
            return [.. paths.Select(path => path.Replace("output.Item", "output", StringComparison.Ordinal))];
        }

        return given.Count == paths.Count ? given : throw new ArgumentException(
            $"{option} has {given.Count} names for {paths.Count} {what}s: {string.Join(", ", paths)}.", option);
    }
}
