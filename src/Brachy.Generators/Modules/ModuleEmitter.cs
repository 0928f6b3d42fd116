using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes the generated half of a module class.</summary>
internal static class ModuleEmitter
{
    public static string Emit(ModuleModel model)
    {
        var writer = new SourceWriter($"the [Module] class {model.Scope.DisplayName}");
        model.Scope.Write(writer, BaseList(model), () =>
        {
            WriteConstructors(writer, model);
            foreach (var property in model.Properties)
            {
                PropertyDeclaration.Write(writer, property);
            }

            WriteBind(writer, model);
            WriteDefaults(writer, model);
            if (model.Forward is { } forward)
            {
                ForwardEmitter.Write(writer, model, forward);
            }
        });
        return writer.ToString();
    }

    private static string BaseList(ModuleModel model)
    {
        var views = $"global::Brachy.IModule<{model.Type}>";
        return !model.NeedsBase ? $" : {views}"
            : model.Forward is { Signature: var signature } ? $" : global::Brachy.Module<{signature.Input}, {signature.Output}>, {views}"
            : $" : global::Brachy.Module, {views}";
    }

    private static void WriteConstructors(SourceWriter writer, ModuleModel model)
    {
        if (model.NeedsConstructor)
        {
            writer.Summary("Builds the module.");
            writer.Block($"public {model.ConstructorName}()", () => { });
            writer.Separate();
        }

        // What views do not set is reported, or required.
        var leavesUnset = model.HasStateOutsideTree || model.HasRequired;
        if (leavesUnset)
        {
            writer.Directive("#pragma warning disable CS8618");
        }

        if (model.HasRequired)
        {
            writer.Line("[global::System.Diagnostics.CodeAnalysis.SetsRequiredMembers]");
        }

        writer.Line($"private {model.ConstructorName}(global::Brachy.ModuleBinding binding)");
        writer.Indented(() => writer.Line(": base(binding)"));
        writer.Block(() => { });
        if (leavesUnset)
        {
            writer.Directive("#pragma warning restore CS8618");
        }

        writer.Separate();
    }

    private static void WriteBind(SourceWriter writer, ModuleModel model)
    {
        var hides = model.Forward is null ? "" : "new ";
        writer.Summary("Views an existing node as this module.");
        writer.Line($"public static {hides}{model.Type} Bind(global::Brachy.StructureTree tree, global::Brachy.GlobalConfig config) =>");
        writer.Indented(() => writer.Line("new(new global::Brachy.ModuleBinding(tree, config));"));
        writer.Separate();
    }

    private static void WriteDefaults(SourceWriter writer, ModuleModel model)
    {
        if (model.Defaults.Count > 0)
        {
            writer.Line("/// <inheritdoc/>");
            writer.Line(
                $"protected override global::Brachy.GlobalConfig DefaultConfig => new({string.Join(", ", model.Defaults.Select(d => $"({d.Key}, {d.Value})"))});");
            writer.Separate();
        }

        if (model.Forward is not null)
        {
            writer.Line("/// <inheritdoc/>");
            writer.Line("protected override global::Brachy.ApplyFn? DefaultApply => ApplyFunction;");
            writer.Separate();
        }
    }
}
