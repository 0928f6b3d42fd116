using System.Collections.Generic;
using System.Linq;

namespace Brachy.Generators;

/// <summary>Writes the handler of a [Tree] type.</summary>
internal static class TreeEmitter
{
    public static string Emit(TreeModel model)
    {
        var writer = new SourceWriter($"the [Tree] type {model.Scope.DisplayName}");
        model.Scope.Write(writer, "", () =>
        {
            writer.Summary("Takes values apart into tensors and static values, and puts them together again.");
            writer.Line($"public static {HandlerExpression.Class}<{model.Type}> TreeHandler {{ get; }} = new GeneratedHandler();");
            writer.Separate();
            new HandlerEmitter("GeneratedHandler", model.Type, model.Members)
            {
                IsReference = model.IsReference,
                Build = values => Build(model, values),
            }.Write(writer);
        });
        return writer.ToString();
    }

    private static string Build(TreeModel model, IReadOnlyList<string> values)
    {
        var arguments = string.Join(", ", values.Take(model.Positional));
        var settings = model.Members.Zip(values, (m, v) => $"{m.Name} = {v}").Skip(model.Positional).ToArray();
        var initializer = settings.Length == 0 ? "" : $" {{ {string.Join(", ", settings)} }}";
        return $"new {model.Type}({arguments}){initializer}";
    }
}
