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
    public string Function => $"{Cache}.Function";

    /// <summary>A call with the method's parameters.</summary>
    public string Call => $"{Function}.InvokeWith(new({string.Join(", ", Members.Select(m => m.Name))}))";

    /// <summary>The class that keeps the function.</summary>
    public string Cache { get; init; } = $"{Name}Cache";

    /// <summary>The struct of the arguments.</summary>
    public string Arguments { get; init; } = $"{Name}Arguments";

    /// <summary>The class of their handler.</summary>
    public string Handler { get; init; } = $"{Name}Handler";

    /// <summary>By which the author warns of the method.</summary>
    public EquatableArray<string> Attributes { get; init; }

    public void Write(SourceWriter writer)
    {
        WriteArguments(writer);
        writer.Separate();
        new HandlerEmitter(Handler, Arguments, Members) { AreArguments = true }.Write(writer);
        writer.Separate();

        // A class of its own: nothing is made before the first call.
        GeneratedAttributes.Method(writer, [GeneratedAttributes.NoStackTrace, .. Warnings.WithoutErrors(Attributes)]);
        writer.Block($"private static class {Cache}", () =>
        {
            writer.Line($"public static readonly global::Brachy.JitFunction<{Arguments}, {Result}> Function =");
            writer.Indented(() =>
            {
                writer.Line($"global::Brachy.Jit.Create<{Arguments}, {Result}>(");
                writer.Indented(() =>
                {
                    writer.Line($"{TypeNames.Quoted(DisplayName.Replace("@", ""))},");
                    writer.Line($"{Handler}.Instance,");
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
                var hides = SignatureModel.IsOfObject(member.Name) ? "new " : "";
                writer.Line($"public {hides}readonly {member.Type} {member.Name} = {member.Name};");
            }
        });
    }
}
