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
            $"{Words(syntax.Modifiers)}{property.Type.Full()} {TypeNames.Identifier(property.Name)}",
            Accessor(SyntaxKind.GetAccessorDeclaration),
            getter,
            Accessor(SyntaxKind.SetAccessorDeclaration) + Accessor(SyntaxKind.InitAccessorDeclaration),
            setter,
            view,
            GeneratedAttributes.OfHalf(property));

        string Accessor(SyntaxKind kind) => syntax.AccessorList?.Accessors.FirstOrDefault(a => a.IsKind(kind)) is { } accessor
            ? Words(accessor.Modifiers) + accessor.Keyword.Text
            : "";
    }

    /// <summary>The tokens, each with a blank after it.</summary>
    private static string Words(SyntaxTokenList tokens)
    {
        var words = "";
        foreach (var token in tokens)
        {
            words += token.Text + " ";
        }

        return words;
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
            writer.Open(property.Declaration);
            foreach (var accessor in accessors)
            {
                writer.Line(accessor);
            }

            writer.Close();
        }

        writer.Separate();
    }

    private static string[] Accessor(string kind, string body) => kind.Length == 0 ? [] : [$"{kind} => {body};"];
}
