using System.Text;
using Brachy.Compilation;
using Brachy.Extending;
using Brachy.IO.Tracing;

namespace Brachy.IO.TorchScript;

/// <summary>The method of a program: arguments and weights, their checks, the sizes that vary, the ops, the results.</summary>
internal sealed class ScriptForward
{
    private readonly StringBuilder _text = new();

    private ScriptForward()
    {
    }

    /// <param name="type">The name of the class.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="inputs">Expressions for the inputs of the graph: weights, then arguments.</param>
    /// <param name="program">The ops.</param>
    /// <param name="unserved">Sizes that the ops are not for.</param>
    public static string Write(
        string type, IReadOnlyList<ScriptArgument> arguments, IReadOnlyList<string> inputs, ScriptProgram program,
        IReadOnlyList<UnservedSizes> unserved)
    {
        var forward = new ScriptForward();
        forward.WriteSignature(type, arguments, program);
        foreach (var argument in arguments)
        {
            forward.WriteCheck(argument);
        }

        forward.WriteSizes(arguments, program);
        foreach (var sizes in unserved)
        {
            var isOther = sizes.Ranges.SelectMany(IsOutside);
            forward.Statement($"assert {string.Join(" or ", isOther)}, \"{Quoted(sizes.Describe(program.Sizes))}\"");
        }

        forward.Assign(program.Names, inputs);
        forward.Assign(program.Constants, [.. program.Constants.Select((_, i) => FormattableString.Invariant($"CONSTANTS.c{i}"))]);

        forward._text.Append(program.Statements);
        forward.Statement(program.Results.Count == 1
            ? $"return {program.Results[0]}"
            : $"return ({string.Join(", ", program.Results)})");
        return forward._text.ToString();
    }

    private void Assign(IReadOnlyList<string?> locals, IReadOnlyList<string> values)
    {
        foreach (var (local, value) in locals.Zip(values))
        {
            if (local is not null)
            {
                Statement($"{local} = {value}");
            }
        }
    }

    private void WriteSignature(string type, IReadOnlyList<ScriptArgument> arguments, ScriptProgram program)
    {
        var parameters = string.Concat(arguments.Select(argument => $",\n    {argument.Name}: Tensor"));
        var result = program.Results.Count == 1 ? "Tensor" : $"Tuple[{string.Join(", ", program.Results.Select(_ => "Tensor"))}]";
        _text.Append($"  def forward(self: {type}{parameters}) -> {result}:\n");
    }

    /// <summary>What would fail far from its cause, or give wrong values, fails here.</summary>
    private void WriteCheck(ScriptArgument argument)
    {
        var (own, type) = (argument.Name, argument.Type);
        var sizes = type.Shape.Select((size, dim) => argument.Dims[dim] ?? FormattableString.Invariant($"{size}"));
        var message = $"{own} must be {type.DType.Name()}[{string.Join(", ", sizes)}].";
        Statement($"assert torch.eq(torch.dim({own}), {type.Rank}), \"{message}\"");
        Statement($"assert torch.eq(ops.prim.dtype({own}), {Script.Type(type.DType)}), \"{message}\"");
        for (var dim = 0; dim < type.Rank; dim++)
        {
            if (argument.Dims[dim] is null)
            {
                Statement(FormattableString.Invariant($"assert torch.eq(torch.size({own}, {dim}), {type.Shape[dim]}), \"{message}\""));
            }
        }
    }

    private void WriteSizes(IReadOnlyList<ScriptArgument> arguments, ScriptProgram program)
    {
        for (var i = 0; i < program.Sizes.Count; i++)
        {
            var places = arguments.SelectMany(argument => argument.Dims.Index().Where(dim => dim.Item == program.Sizes[i])
                .Select(dim => FormattableString.Invariant($"torch.size({argument.Name}, {dim.Index})"))).ToArray();
            Statement($"s{i} = {places[0]}");
            foreach (var place in places[1..])
            {
                Statement($"assert torch.eq(s{i}, {place}), \"All sizes of the name '{program.Sizes[i]}' must be equal.\"");
            }
        }
    }

    private static IEnumerable<string> IsOutside(SizeSpan span)
    {
        if (span.From == span.To)
        {
            return [FormattableString.Invariant($"torch.ne(s{span.Name}, {span.From})")];
        }

        return new[]
        {
            span.From > 0 ? FormattableString.Invariant($"torch.lt(s{span.Name}, {span.From})") : null,
            span.To < long.MaxValue ? FormattableString.Invariant($"torch.gt(s{span.Name}, {span.To})") : null,
        }.OfType<string>();
    }

    /// <summary>A text inside of quotes.</summary>
    private static string Quoted(string text) =>
        new([.. text.Select(c => c == '"' ? '\'' : char.IsControl(c) ? ' ' : c == '\\' ? '/' : c)]);

    private void Statement(string statement) => _text.Append(' ', 4).Append(statement).Append('\n');
}
