using System;
using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes the generated half of a module class.</summary>
internal static class ModuleEmitter
{
    public static string Emit(ModuleModel model)
    {
        var writer = new SourceWriter($"the [Module] class {model.Scope.DisplayName}");
        Warnings.Disable(writer, model.Warned);
        if (model.Base.IsAround)
        {
            writer.Directive("#pragma warning disable CS0108");
        }

        model.Scope.Open(writer, BaseList(model), model.Attributes);
        WriteConstructors(writer, model);
        foreach (var property in model.Properties)
        {
            PropertyDeclaration.Write(writer, property);
        }

        if (model.Kind != ModuleKind.Abstract)
        {
            WriteBind(writer, model);
        }

        WriteDefaults(writer, model);
        if (model.Forward is { } forward)
        {
            ForwardEmitter.Write(writer, model, forward);
        }

        model.Scope.Close(writer);
        return writer.ToString();
    }

    private static string BaseList(ModuleModel model)
    {
        string[] bases =
        [
            .. !model.Base.IsGenerated ? Array.Empty<string>()
                : model.Forward is { Signature: var signature } ? [$"global::Brachy.Module<{signature.Input}, {signature.Output}>"]
                : ["global::Brachy.Module"],
            .. model.Kind == ModuleKind.Abstract ? Array.Empty<string>() : [$"global::Brachy.CompilerServices.IModule<{model.Type}>"],
        ];
        return bases.Length == 0 ? "" : $" : {string.Join(", ", bases)}";
    }

    private static void WriteConstructors(SourceWriter writer, ModuleModel model)
    {
        // What constructors do not set is reported, or required.
        var leavesUnset = model.HasStateOutsideTree || model.HasRequired;
        if (leavesUnset)
        {
            writer.Directive("#pragma warning disable CS8618");
        }

        if (model.NeedsConstructor)
        {
            writer.Summary("Builds the module.");
            GeneratedAttributes.Method(writer);
            writer.Open($"{(model.Kind == ModuleKind.Abstract ? "protected" : "public")} {model.ConstructorName}()");
            writer.Close();
            writer.Separate();
        }

        if (model.Kind != ModuleKind.Sealed)
        {
            writer.Summary("Views an existing node: what constructors of views of derived classes call.");
        }

        if (model.HasRequired)
        {
            writer.Line("[global::System.Diagnostics.CodeAnalysis.SetsRequiredMembers]");
        }

        GeneratedAttributes.Method(writer, model.Kind == ModuleKind.Sealed ? [] : [GeneratedAttributes.NotBrowsable]);
        writer.Line(
            $"{(model.Kind == ModuleKind.Sealed ? "private" : "protected")} {model.ConstructorName}(global::Brachy.ModuleBinding binding)"
            + " : base(binding) { }");
        if (leavesUnset)
        {
            writer.Directive("#pragma warning restore CS8618");
        }

        writer.Separate();
    }

    private static void WriteBind(SourceWriter writer, ModuleModel model)
    {
        var hides = model.Base.HasView ? "new " : "";
        writer.Summary("Views an existing node as this module.");
        GeneratedAttributes.Method(writer);
        writer.Line($"public static {hides}{model.Type} Bind(global::Brachy.StructureTree tree, global::Brachy.GlobalConfig config) =>");
        writer.Continue("new(new global::Brachy.ModuleBinding(tree, config));");
        writer.Separate();
    }

    private static void WriteDefaults(SourceWriter writer, ModuleModel model)
    {
        if (model.Defaults.Count > 0)
        {
            var own = $"new({string.Join(", ", model.Defaults.Select(d => $"({d.Key}, {d.Value})"))})";
            writer.Line("/// <inheritdoc/>");
            GeneratedAttributes.Member(writer);
            writer.Line($"protected override global::Brachy.GlobalConfig DefaultConfig => {(
                model.Base.HasDefaults ? $"global::Brachy.GlobalConfig.Merge({own}, base.DefaultConfig)" : own)};");
            writer.Separate();
        }

        if (model.Forward is not null && model.Kind != ModuleKind.Abstract)
        {
            writer.Line("/// <inheritdoc/>");
            GeneratedAttributes.Member(writer);
            writer.Line($"protected override global::Brachy.Trees.ApplyFn? DefaultApply => {model.Plumbing}.Apply;");
            writer.Separate();
        }
    }
}
