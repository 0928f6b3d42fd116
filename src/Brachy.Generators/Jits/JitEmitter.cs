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
            Target = TypeNames.Identifier(model.Name),
        };
        var writer = new SourceWriter($"the [Jit] method {model.Scope.DisplayName}.{model.Name}");
        model.Scope.Write(writer, "", () =>
        {
            writer.Summary(
                $"<c>{model.Name}</c>, compiled: traced once for each structure, shapes and static values, then run as one native call.");
            writer.Line($"/// <inheritdoc cref=\"{model.DocumentationId.Replace("\"", "")}\"/>");
            GeneratedAttributes.Method(writer);
            writer.List(
                $"{model.Accessibility} static {model.Signature.Output} {name}(", model.Signature.Parameters.Select(p => p.Declaration),
                ") =>");
            writer.Indented(() => writer.Line($"{compiled.Call};"));
            writer.Separate();
            writer.Summary($"Cache, graph, script and re-trace explanations of <c>{name}</c>.");
            GeneratedAttributes.HiddenMember(writer);
            writer.Line($"public static global::Brachy.JitFunction {name}Function => {compiled.Function};");
            writer.Separate();
            compiled.Write(writer);
        });
        return writer.ToString();
    }
}
