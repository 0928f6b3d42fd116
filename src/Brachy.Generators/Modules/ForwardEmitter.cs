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
        writer.Line($"public static {hides}{function} ApplyFunction {{ get; }} = new(");
        writer.Indented(() =>
        {
            writer.Line($"{TypeNames.Quoted(model.Scope.DisplayName)},");
            var keys = model.RandomKeys.Count == 0 ? "" : $" {{ RandomKeys = [{string.Join(", ", model.RandomKeys)}] }}";
            writer.Line(
                $"static (tree, config, input) => Bind(tree, config).Forward({string.Join(", ", signature.Unpack("input"))})){keys};");
        });
        writer.Separate();
        WriteCall(writer, model, signature);

        var (tree, config) = (Free("tree", signature), Free("config", signature));
        string[] parameters = [$"{Tree} {tree}", $"{Config} {config}", .. signature.Parameters.Select(p => p.Declaration)];
        var result = $"({Tree} Tree, {signature.Output} Output)";
        writer.Summary("Applies a node to the input. Pure: the node given is left as it is, and the one returned has the changed buffers.");
        writer.List($"public static {hides}{result} Apply(", parameters, ")");
        writer.Block(() =>
        {
            writer.Line($"global::System.ArgumentNullException.ThrowIfNull({tree});");
            writer.Line($"return {tree}.Apply<{signature.Input}, {signature.Output}>({config}, {signature.Pack()});");
        });
        if (forward.Arguments is { } arguments)
        {
            writer.Separate();
            WriteJit(writer, model, forward, arguments, (tree, config, parameters, result));
        }
    }

    private static void WriteCall(SourceWriter writer, ModuleModel model, SignatureModel signature)
    {
        // For one argument it is inherited where the base class has it typed.
        if (model.Base.HasCall || (model.Base.IsTyped && signature.Parameters.Count == 1))
        {
            return;
        }

        var argument = signature.Parameters.Count == 0 ? $"default({signature.Input})" : signature.Pack();
        var types = model.Base.IsTyped ? "" : $"<{signature.Input}, {signature.Output}>";
        writer.Summary("Computes what the node's apply function says; changed buffers are in <c>Tree</c> afterwards.");
        writer.List($"public {signature.Output} Call(", signature.Parameters.Select(p => p.Declaration), $") => Call{types}({argument});");
        writer.Separate();
        if (!model.Base.IsTyped)
        {
            WriteConversion(writer, model, signature);
        }
    }

    /// <summary>Such a module can go where one of its signature is asked for, although it is not derived from that class.</summary>
    private static void WriteConversion(SourceWriter writer, ModuleModel model, SignatureModel signature)
    {
        var typed = $"global::Brachy.Module<{signature.Input}, {signature.Output}>";
        writer.Summary("The same node, viewed by what it takes and gives.");
        writer.Line("[return: global::System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(module))]");
        writer.Line($"public static implicit operator {typed}?({model.Type}? module) =>");
        writer.Indented(() => writer.Line($"module is null ? null : {typed}.Bind(module.Tree, module.Config);"));
        writer.Separate();
    }

    private static void WriteJit(
        SourceWriter writer, ModuleModel model, ForwardModel forward, EquatableArray<MemberModel> arguments,
        (string Tree, string Config, string[] Parameters, string Result) apply)
    {
        var hides = model.Base.HasApply ? "new " : "";
        var members = new[]
        {
            new MemberModel(apply.Tree, Tree, MemberKind.Tree, false, "", "", false, false),
            new MemberModel(apply.Config, Config, MemberKind.Static, false, "", "", false, false),
        }.Concat(arguments).ToEquatableArray();
        var compiled = new CompiledFunction("JitApply", $"{model.ConstructorName}.JitApply", members, apply.Result)
        {
            ResultHandler = $"{HandlerExpression.Class}.Tuple({HandlerExpression.Class}.StructureTree, {forward.OutputHandler})",
            SuppressNullable = forward.Signature.Output.Contains("?"),
            Target = "Apply",
        };

        writer.Summary("<c>Apply</c>, compiled: traced once for each structure, shapes and static values, then run as one native call.");
        writer.List($"public static {hides}{apply.Result} JitApply(", apply.Parameters, ") =>");
        writer.Indented(() => writer.Line($"{compiled.Call};"));
        writer.Separate();
        writer.Summary("Cache, graph, script and re-trace explanations of <c>JitApply</c>.");
        writer.Line($"public static {hides}global::Brachy.JitFunction JitApplyFunction => {compiled.Function};");
        writer.Separate();
        compiled.Write(writer);
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
