using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators;

/// <summary>Repeats the declaration of a partial property, with bodies.</summary>
internal static class PropertyDeclaration
{
    /// <param name="property">The property.</param>
    /// <param name="getter">The expression that reads it.</param>
    /// <param name="setter">The expression that writes it.</param>
    /// <param name="view">The field that keeps the view of a submodule, with its type, or empty.</param>
    public static PropertyModel Of(IPropertySymbol property, string getter, string setter, string view)
    {
        var syntax = PropertyRoles.Syntax(property)!;
        return new PropertyModel(
            $"{string.Join(" ", syntax.Modifiers.Select(m => m.Text))} {property.Type.Full()} {TypeNames.Identifier(property.Name)}",
            Accessor(SyntaxKind.GetAccessorDeclaration),
            getter,
            Accessor(SyntaxKind.SetAccessorDeclaration) + Accessor(SyntaxKind.InitAccessorDeclaration),
            setter,
            view,
            GeneratedAttributes.OfHalf(property));

        string Accessor(SyntaxKind kind) => syntax.AccessorList?.Accessors.FirstOrDefault(a => a.IsKind(kind)) is { } accessor
            ? string.Join(" ", accessor.Modifiers.Select(m => m.Text).Append(accessor.Keyword.Text))
            : "";
    }

    public static void Write(SourceWriter writer, PropertyModel property)
    {
        if (property.View.Length > 0)
        {
            writer.Line($"private {property.View};");
        }

        writer.Attributes([.. property.Attributes]);
        string[] accessors = [.. Accessor(property.GetterKind, property.Getter), .. Accessor(property.SetterKind, property.Setter)];
        var line = $"{property.Declaration} {{ {string.Join(" ", accessors)} }}";
        if (writer.Fits(line))
        {
            writer.Line(line);
        }
        else
        {
            writer.Block(property.Declaration, () => System.Array.ForEach(accessors, writer.Line));
        }

        writer.Separate();
    }

    private static string[] Accessor(string kind, string body) => kind.Length == 0 ? [] : [$"{kind} => {body};"];
}
