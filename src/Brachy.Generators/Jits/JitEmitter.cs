using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes the compiled counterpart of a [Jit] method.</summary>
internal static class JitEmitter
{
    public static string Emit(JitModel model)
    {
        var name = $"{model.Name}Jit";
        var compiled = new CompiledFunction(model);
        var hides = model.HidesMethod ? "new " : "";
        var writer = new SourceWriter($"the [Jit] method {model.Scope.DisplayName}.{model.Name}");
        Warnings.Disable(writer, model.Warned);
        model.Scope.Open(writer, "");
        writer.Summary(
            $"<c>{model.Name}</c>, compiled: traced once for each structure, shapes and static values, then run as one native call.");
        writer.Line($"/// <inheritdoc cref=\"{model.DocumentationId.Replace("\"", "")}\"/>");
        GeneratedAttributes.Method(writer, [.. model.Attributes]);
        writer.List(
            $"{model.Accessibility} static {hides}{model.Signature.Output} {name}(",
            model.Signature.Parameters.Select(p => p.Declaration), ") =>");
        writer.Continue($"{compiled.Call()};");
        writer.Separate();
        writer.Summary($"Cache, graph, script and re-trace explanations of <c>{name}</c>.");
        GeneratedAttributes.HiddenMember(writer);
        var hidesFunction = model.HidesFunction ? "new " : "";
        writer.Line($"public static {hidesFunction}global::Brachy.JitFunction {name}Function => {compiled.Function()};");
        writer.Separate();
        compiled.Write(writer);
        model.Scope.Close(writer);
        return writer.ToString();
    }
}
