using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes what a compiled method needs: a struct of its arguments, their handler, and the function with its cache.</summary>
/// <param name="Name">The compiled method's name.</param>
/// <param name="DisplayName">The name in messages.</param>
/// <param name="Members">The arguments.</param>
/// <param name="Result">The result's type.</param>
internal sealed record CompiledFunction(string Name, string DisplayName, EquatableArray<MemberModel> Members, string Result)
{
    /// <summary>The expression of the result's handler.</summary>
    public string ResultHandler { get; init; } = "";

    /// <summary>Whether the result's type says that something may be null, which handlers do not say.</summary>
    public bool SuppressNullable { get; init; }

    /// <summary>The method to compile.</summary>
    public string Target { get; init; } = "";

    /// <summary>The compiled function.</summary>
    public string Function => $"{Name}Cache.Function";

    /// <summary>A call with the method's parameters.</summary>
    public string Call => $"{Function}.InvokeWith(new({string.Join(", ", Members.Select(m => m.Name))}))";

    private string Arguments => $"{Name}Arguments";

    public void Write(SourceWriter writer)
    {
        WriteArguments(writer);
        writer.Separate();
        new HandlerEmitter($"{Name}Handler", Arguments, Members) { AreArguments = true }.Write(writer);
        writer.Separate();

        // A class of its own: nothing is made before the first call.
        GeneratedAttributes.Method(writer, GeneratedAttributes.NoStackTrace);
        writer.Block($"private static class {Name}Cache", () =>
        {
            writer.Line($"public static readonly global::Brachy.JitFunction<{Arguments}, {Result}> Function =");
            writer.Indented(() =>
            {
                writer.Line($"global::Brachy.Jit.Create<{Arguments}, {Result}>(");
                writer.Indented(() =>
                {
                    writer.Line($"{TypeNames.Quoted(DisplayName.Replace("@", ""))},");
                    writer.Line($"{Name}Handler.Instance,");
                    writer.Line($"{ResultHandler}{(SuppressNullable ? "!" : "")},");
                    writer.Line($"[{GeneratedAttributes.StepThrough}] static (arguments) =>");
                    writer.Indented(() => writer.Line($"{Target}({string.Join(", ", Members.Select(m => $"arguments.{m.Name}"))}));"));
                });
            });
        });
    }

    private void WriteArguments(SourceWriter writer)
    {
        GeneratedAttributes.Member(writer);
        writer.List($"private readonly struct {Arguments}(", Members.Select(m => $"{m.Type} {m.Name}"), ")");
        writer.Block(() =>
        {
            foreach (var member in Members)
            {
                writer.Line($"public readonly {member.Type} {member.Name} = {member.Name};");
            }
        });
    }
}
