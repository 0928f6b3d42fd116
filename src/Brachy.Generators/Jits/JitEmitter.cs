using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes the compiled counterpart of a [Jit] method.</summary>
internal static class JitEmitter
{
    public static string Emit(JitModel model)
    {
        var name = $"{model.Name}Jit";
        var type = model.Scope.DisplayName.Split('.').Last();
        var compiled = new CompiledFunction(name, $"{type}.{model.Name}", model.Arguments, model.Signature.Output)
        {
            ResultHandler = model.ResultHandler,
            SuppressNullable = model.Signature.Output.Contains("?"),
            Target = model.Target,
            Cache = model.Names[0],
            Arguments = model.Names[1],
            Handler = model.Names[2],
            Attributes = model.Attributes,
        };
        var hides = model.HidesMethod ? "new " : "";
        var writer = new SourceWriter($"the [Jit] method {model.Scope.DisplayName}.{model.Name}");
        Warnings.Disable(writer, model.Warned);
        model.Scope.Write(writer, "", () =>
        {
            writer.Summary(
                $"<c>{model.Name}</c>, compiled: traced once for each structure, shapes and static values, then run as one native call.");
            writer.Line($"/// <inheritdoc cref=\"{model.DocumentationId.Replace("\"", "")}\"/>");
            GeneratedAttributes.Method(writer, [.. model.Attributes]);
            writer.List(
                $"{model.Accessibility} static {hides}{model.Signature.Output} {name}(",
                model.Signature.Parameters.Select(p => p.Declaration), ") =>");
            writer.Indented(() => writer.Line($"{compiled.Call};"));
            writer.Separate();
            writer.Summary($"Cache, graph, script and re-trace explanations of <c>{name}</c>.");
            GeneratedAttributes.HiddenMember(writer);
            writer.Line(
                $"public static {(model.HidesFunction ? "new " : "")}global::Brachy.JitFunction {name}Function => {compiled.Function};");
            writer.Separate();
            compiled.Write(writer);
        });
        return writer.ToString();
    }
}
