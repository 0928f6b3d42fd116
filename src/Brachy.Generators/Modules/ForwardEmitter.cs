using System.Collections.Generic;
using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes the ways to run a module: Call, Apply and JitApply.</summary>
internal static class ForwardEmitter
{
    private const string Tree = "global::Brachy.StructureTree";
    private const string Config = "global::Brachy.GlobalConfig";

    public static void Write(SourceWriter writer, ModuleModel model, ForwardModel forward)
    {
        var signature = forward.Signature;
        if (model.Kind == ModuleKind.Abstract)
        {
            WriteCall(writer, model, signature);
            return;
        }

        var function = $"global::Brachy.Trees.ApplyFn<{signature.Input}, {signature.Output}>";
        var hides = model.Base.HasApply ? "new " : "";
        writer.Summary("What nodes of this module compute.");
        GeneratedAttributes.Member(writer);
        writer.Line($"public static {hides}{function} ApplyFunction => {model.Plumbing}.Apply;");
        writer.Separate();
        WriteCall(writer, model, signature);

        var (tree, config) = (Free("tree", signature), Free("config", signature));
        string[] parameters = [$"{Tree} {tree}", $"{Config} {config}", .. signature.Parameters.Select(p => p.Declaration)];
        var result = $"({Tree} Tree, {signature.Output} Output)";
        var jit = $"global::Brachy.CompilerServices.ModuleJit<{signature.Input}, {signature.Output}>";
        writer.Summary("Applies a node to the input. Pure: the node given is left as it is, and the one returned has the changed buffers.");
        GeneratedAttributes.Method(writer, [.. forward.Attributes]);
        writer.List($"public static {hides}{result} Apply(", parameters, ") =>");
        writer.Continue($"{jit}.Apply({tree}, {config}, {signature.Pack()});");
        writer.Separate();
        if (forward is { InputHandler: not null, OutputHandler: not null })
        {
            writer.Summary(
                "<c>Apply</c>, compiled: traced once for each structure, shapes and static values, then run as one native call.");
            GeneratedAttributes.Method(writer, [.. forward.Attributes]);
            writer.List($"public static {hides}{result} JitApply(", parameters, ") =>");
            writer.Continue($"{model.Plumbing}.Jit.Invoke({tree}, {config}, {signature.Pack()});");
            writer.Separate();
            writer.Summary("Cache, graph, script and re-trace explanations of <c>JitApply</c>.");
            GeneratedAttributes.HiddenMember(writer);
            writer.Line($"public static {hides}global::Brachy.JitFunction JitApplyFunction => {model.Plumbing}.Jit.Function;");
            writer.Separate();
        }

        WritePlumbing(writer, model, forward, function, jit);
    }

    /// <summary>A class of its own: static members of the module may need these before they are initialised themselves.</summary>
    private static void WritePlumbing(SourceWriter writer, ModuleModel model, ForwardModel forward, string function, string jit)
    {
        var signature = forward.Signature;
        GeneratedAttributes.Method(writer, [GeneratedAttributes.NoStackTrace, .. Warnings.WithoutErrors(forward.Attributes)]);
        writer.Open($"private static class {model.Plumbing}");
        var keys = model.RandomKeys.Count == 0 ? "" : $" {{ RandomKeys = [{string.Join(", ", model.RandomKeys)}] }}";
        writer.Line($"internal static readonly {function} Apply =");
        writer.Continue($"new({TypeNames.Quoted(model.Scope.DisplayName)}, Forward){keys};");
        if (forward is { InputHandler: { } input, OutputHandler: { } output })
        {
            var names = string.Join(", ", signature.Parameters.Select(p => TypeNames.Quoted(p.Name.TrimStart('@'))));
            writer.Line($"internal static readonly {jit} Jit = new(");
            writer.Continue($"{TypeNames.Quoted($"{model.ConstructorName.TrimStart('@')}.JitApply")}, [{names}],");

            // Handlers do not say whether a part of what they take may be null.
            var mayBeNull = signature.Input.Contains("?") || signature.Output.Contains("?");
            writer.Indent(1);
            writer.List("static () => (", [input, output], mayBeNull ? ")!);" : "));");
            writer.Indent(-1);
        }

        writer.Separate();
        writer.List(
            $"private static {signature.Output} Forward(", [$"{Tree} tree", $"{Config} config", $"{signature.Input} input"], ") =>");
        writer.Continue($"Bind(tree, config).Forward({string.Join(", ", signature.Unpack("input"))});");
        writer.Close();
    }

    private static void WriteCall(SourceWriter writer, ModuleModel model, SignatureModel signature)
    {
        if (model.Forward!.InheritsCall)
        {
            return;
        }

        var argument = signature.Parameters.Count == 0 ? $"default({signature.Input})" : signature.Pack();
        var types = model.Base.IsTyped ? "" : $"<{signature.Input}, {signature.Output}>";
        var hides = model.Base.HasCall || (model.Base.IsTyped && signature.Parameters.Count == 1) ? "new " : "";
        writer.Summary("Computes what the node's apply function says; changed buffers are in <c>Tree</c> afterwards.");
        GeneratedAttributes.Method(writer, [.. model.Forward.Attributes]);
        writer.List(
            $"public {hides}{signature.Output} Call(", signature.Parameters.Select(p => p.Declaration),
            $") => base.Call{types}({argument});");
        writer.Separate();
        if (!model.Base.IsTyped && !model.Base.HasCall)
        {
            WriteConversion(writer, model, signature);
        }
    }

    /// <summary>Such a module can go where one of its signature is asked for, although it is not derived from that class.</summary>
    private static void WriteConversion(SourceWriter writer, ModuleModel model, SignatureModel signature)
    {
        var typed = $"global::Brachy.Module<{signature.Input}, {signature.Output}>";
        writer.Summary("The same node, viewed by what it takes and gives.");
        GeneratedAttributes.Method(writer);
        writer.Line("[return: global::System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(module))]");
        writer.Line($"public static implicit operator {typed}?({model.Type}? module) =>");
        writer.Continue($"module is null ? null : {typed}.Bind(module.Tree, module.Config);");
        writer.Separate();
    }

    private static string Free(string name, SignatureModel signature)
    {
        var used = new HashSet<string>(signature.Parameters.Select(p => p.Name));
        while (used.Contains(name))
        {
            name = "module" + char.ToUpperInvariant(name[0]) + name.Substring(1);
        }

        return name;
    }
}
