using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

internal enum PropertyRole
{
    None,
    Param,
    Buffer,
    Static,
    Config,
    Submodule,
}

/// <summary>What the attributes and the type of a property say about it.</summary>
internal static class PropertyRoles
{
    public static readonly PropertyRole[] All =
        [PropertyRole.Param, PropertyRole.Buffer, PropertyRole.Static, PropertyRole.Config, PropertyRole.Submodule];

    private static readonly SymbolMemo<IPropertySymbol, PropertyRole[]> s_marked =
        new(property => [.. All.Where(role => property.Attribute(role.ToString()) is not null)]);

    private static readonly SymbolMemo<IPropertySymbol, PropertyRole> s_roles = new(RoleOf);

    public static PropertyRole[] Marked(IPropertySymbol property) => s_marked.Of(property);

    /// <summary>The role by attribute, or submodule by type.</summary>
    public static PropertyRole Of(IPropertySymbol property) => s_roles.Of(property);

    private static PropertyRole RoleOf(IPropertySymbol property)
    {
        var marked = Marked(property).FirstOrDefault();

        // A static auto property is an instance beside the tree, such as a ready one for all to use.
        return marked == PropertyRole.None && property.Type.IsModule() && IsStored(property)
            && (!property.IsStatic || property.IsPartialDefinition)
            ? PropertyRole.Submodule
            : marked;
    }

    /// <summary>The key in the tree or the config.</summary>
    public static string Key(IPropertySymbol property, PropertyRole role)
    {
        var arguments = property.Attribute(role.ToString())?.ConstructorArguments;
        return arguments is { Length: 1 } && arguments.Value[0].Value is string name ? name : SnakeCase.Of(property.Name);
    }

    /// <summary>Where the key is written, if it is.</summary>
    public static Location? KeyLocation(IPropertySymbol property, PropertyRole role) =>
        (property.Attribute(role.ToString())?.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals is null)?.Expression.GetLocation();

    /// <summary>Whether the property holds a value of its own, and is not computed from others.</summary>
    public static bool IsStored(IPropertySymbol property) => property.IsPartialDefinition || IsAuto(property);

    public static bool IsAuto(IPropertySymbol property) => property.ContainingType.GetMembers().OfType<IFieldSymbol>()
        .Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property));

    /// <summary>Whether the property is partial and its body is left to the generator, which may have written it already.</summary>
    public static bool IsLeftToGenerator(IPropertySymbol property) => property.IsPartialDefinition
        && (property.PartialImplementationPart is not { } body
            || body.DeclaringSyntaxReferences.All(r => r.SyntaxTree.FilePath.EndsWith(".g.cs", System.StringComparison.Ordinal)));

    public static PropertyDeclarationSyntax? Syntax(IPropertySymbol property) => property.DeclaringSyntaxReferences
        .Select(r => r.GetSyntax())
        .OfType<PropertyDeclarationSyntax>()
        .FirstOrDefault();

    /// <summary>
    /// A modifier of the property that a generated body does not go with. It may override a property that is not kept in the tree itself.
    /// </summary>
    public static string? UnsupportedModifier(IPropertySymbol property) => Syntax(property)?.Modifiers
        .Where(m => m.Kind() is not (SyntaxKind.OverrideKeyword or SyntaxKind.SealedKeyword)
            || property.OverriddenProperty is not { } overridden || Of(overridden) != PropertyRole.None)
        .Where(m =>
            m.Kind() is SyntaxKind.StaticKeyword or SyntaxKind.VirtualKeyword or SyntaxKind.AbstractKeyword or SyntaxKind.OverrideKeyword
                or SyntaxKind.NewKeyword or SyntaxKind.SealedKeyword or SyntaxKind.ExternKeyword or SyntaxKind.UnsafeKeyword)
        .Select(m => m.Text)
        .FirstOrDefault();
}
