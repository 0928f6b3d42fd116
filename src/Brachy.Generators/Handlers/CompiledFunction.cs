using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes what a compiled method needs: a struct of its arguments, their handler, and the function with its cache.</summary>
internal sealed class CompiledFunction(JitModel model)
{
    // The class that keeps the function, the struct of the arguments, and the class of their handler.
    private readonly string _cache = model.Names[0];
    private readonly string _arguments = model.Names[1];
    private readonly string _handler = model.Names[2];

    /// <summary>The compiled function.</summary>
    public string Function() => $"{_cache}.Function";

    /// <summary>A call with the method's parameters.</summary>
    public string Call() => $"{Function()}.InvokeWith(new({string.Join(", ", model.Arguments.Select(m => m.Name))}))";

    public void Write(SourceWriter writer)
    {
        WriteArguments(writer);
        writer.Separate();
        new HandlerEmitter(_handler, _arguments, model.Arguments) { AreArguments = true }.Write(writer);
        writer.Separate();

        // A class of its own: nothing is made before the first call.
        var output = model.Signature.Output;
        var type = model.Scope.DisplayName.Split('.').Last();
        GeneratedAttributes.Method(writer, [GeneratedAttributes.NoStackTrace, .. Warnings.WithoutErrors(model.Attributes)]);
        writer.Open($"private static class {_cache}");
        writer.Line($"public static readonly global::Brachy.JitFunction<{_arguments}, {output}> Function =");
        writer.Continue($"global::Brachy.Jit.Create<{_arguments}, {output}>(");
        writer.Indent(2);
        writer.Line($"{TypeNames.Quoted($"{type}.{model.Name}".Replace("@", ""))},");
        writer.Line($"{_handler}.Instance,");

        // Handlers do not say whether a part of what they give may be null.
        writer.Line($"{model.ResultHandler}{(output.Contains("?") ? "!" : "")},");
        writer.Line($"[{GeneratedAttributes.StepThrough}] static (arguments) =>");
        writer.Continue($"{model.Target}({string.Join(", ", model.Arguments.Select(m => $"arguments.{m.Name}"))})"
            + (model.Varying.Count > 0 || model.Ranks is not null ? "," : ");"));
        if (model.Varying.Count > 0)
        {
            writer.List("varying: [", model.Varying, model.Ranks is null ? "]);" : "],");
        }

        if (model.Ranks is not null)
        {
            writer.Line($"ranks: {model.Ranks});");
        }

        writer.Indent(-2);
        writer.Close();
    }

    private void WriteArguments(SourceWriter writer)
    {
        GeneratedAttributes.Member(writer);
        writer.List($"private readonly struct {_arguments}(", model.Arguments.Select(m => $"{m.Type} {m.Name}"), ")");
        writer.Open();
        foreach (var member in model.Arguments)
        {
            var hides = SignatureModel.IsOfObject(member.Name) ? "new " : "";
            writer.Line($"public {hides}readonly {member.Type} {member.Name} = {member.Name};");
        }

        writer.Close();
    }
}
