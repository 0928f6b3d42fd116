namespace Brachy.Generators;

/// <summary>Writes the handler of a [Tree] type.</summary>
internal static class TreeEmitter
{
    public static string Emit(TreeModel model)
    {
        var writer = new SourceWriter($"the [Tree] type {model.Scope.DisplayName}");
        Warnings.Disable(writer, model.Warned);
        model.Scope.Open(writer, "");
        writer.Summary("Takes values apart into tensors and static values, and puts them together again.");
        GeneratedAttributes.Member(writer);
        writer.Line($"public static {HandlerExpression.Class}<{model.Type}> TreeHandler => {model.Handler}.Instance;");
        writer.Separate();
        new HandlerEmitter(model.Handler, model.Type, model.Members)
        {
            IsReference = model.IsReference,
            Positional = model.Positional,
        }.Write(writer);
        model.Scope.Close(writer);
        return writer.ToString();
    }
}
