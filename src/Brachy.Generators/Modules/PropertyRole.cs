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

    private static readonly SymbolMemo<IPropertySymbol, Roles> s_known = new(Find);

    /// <summary>The roles whose attributes a property has.</summary>
    public static PropertyRole[] Marked(IPropertySymbol property) => s_known.Of(property).Marked;

    /// <summary>The role by attribute, or submodule by type.</summary>
    public static PropertyRole Of(IPropertySymbol property) => s_known.Of(property).Role;

    /// <summary>The name of a role's attribute, without its ending.</summary>
    public static string Name(PropertyRole role) => role switch
    {
        PropertyRole.Param => "Param",
        PropertyRole.Buffer => "Buffer",
        PropertyRole.Static => "Static",
        PropertyRole.Config => "Config",
        PropertyRole.Submodule => "Submodule",
        _ => "",
    };

    private static Roles Find(IPropertySymbol property)
    {
        var marked = new PropertyRole[All.Length];
        var count = 0;
        foreach (var role in All)
        {
            if (property.Attribute(Name(role)) is not null)
            {
                marked[count++] = role;
            }
        }

        var found = new PropertyRole[count];
        System.Array.Copy(marked, found, count);

        // A static auto property is an instance beside the tree, such as a ready one for all to use.
        var isSubmodule = count == 0 && property.Type.IsModule() && IsStored(property)
            && (!property.IsStatic || property.IsPartialDefinition);
        return new(isSubmodule ? PropertyRole.Submodule : count > 0 ? found[0] : PropertyRole.None, found);
    }

    /// <summary>The key in the tree or the config.</summary>
    public static string Key(IPropertySymbol property, PropertyRole role)
    {
        var arguments = property.Attribute(Name(role))?.ConstructorArguments;
        return arguments is { Length: 1 } && arguments.Value[0].Value is string name ? name : SnakeCase.Of(property.Name);
    }

    /// <summary>Where the key is written, if it is.</summary>
    public static Location? KeyLocation(IPropertySymbol property, PropertyRole role) =>
        (property.Attribute(Name(role))?.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments
            .FirstOrDefault(argument => argument.NameEquals is null)?.Expression.GetLocation();

    /// <summary>Whether the property holds a value of its own, and is not computed from others.</summary>
    public static bool IsStored(IPropertySymbol property) => property.IsPartialDefinition || IsAuto(property);

    public static bool IsAuto(IPropertySymbol property)
    {
        foreach (var member in property.ContainingType.GetMembers())
        {
            if (member is IFieldSymbol field && SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the property is partial and its body is left to the generator, which may have written it already.</summary>
    public static bool IsLeftToGenerator(IPropertySymbol property) => property.IsPartialDefinition
        && (property.PartialImplementationPart is not { } body
            || body.DeclaringSyntaxReferences.All(r => r.SyntaxTree.FilePath.EndsWith(".g.cs", System.StringComparison.Ordinal)));

    public static PropertyDeclarationSyntax? Syntax(IPropertySymbol property)
    {
        foreach (var reference in property.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is PropertyDeclarationSyntax syntax)
            {
                return syntax;
            }
        }

        return null;
    }

    /// <summary>
    /// A modifier of the property that a generated body does not go with. It may override a property that is not kept in the tree itself.
    /// </summary>
    public static string? UnsupportedModifier(IPropertySymbol property)
    {
        if (Syntax(property) is not { } syntax)
        {
            return null;
        }

        foreach (var modifier in syntax.Modifiers)
        {
            switch (modifier.Kind())
            {
                case SyntaxKind.OverrideKeyword or SyntaxKind.SealedKeyword
                    when property.OverriddenProperty is { } overridden && Of(overridden) == PropertyRole.None:
                    break;
                case SyntaxKind.StaticKeyword or SyntaxKind.VirtualKeyword or SyntaxKind.AbstractKeyword or SyntaxKind.OverrideKeyword
                    or SyntaxKind.NewKeyword or SyntaxKind.SealedKeyword or SyntaxKind.ExternKeyword or SyntaxKind.UnsafeKeyword:
                    return modifier.Text;
            }
        }

        return null;
    }

    private sealed record Roles(PropertyRole Role, PropertyRole[] Marked);
}
