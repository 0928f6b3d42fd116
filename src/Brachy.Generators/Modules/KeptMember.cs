using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>A property of a module or one of its bases that is kept in the tree.</summary>
/// <param name="Key">The key.</param>
/// <param name="Name">The name of the property.</param>
/// <param name="IsRandomKey">Whether it is a buffer that holds a random key.</param>
/// <param name="Owner">The class that declares it.</param>
/// <param name="Property">The property, or null when it is another project's that does not show it.</param>
internal sealed record KeptMember(string Key, string Name, bool IsRandomKey, INamedTypeSymbol Owner, IPropertySymbol? Property)
{
    private const string AttributeName = "ModuleMember";

    /// <summary>All members of a module, base first.</summary>
    public static IEnumerable<KeptMember> Of(INamedTypeSymbol module) => ModuleBases.Generated(module).SelectMany(type =>
        Hidden(type, module).Concat(Declared(type)));

    /// <summary>What derived modules of other projects must be told of a class, as attributes.</summary>
    public static IEnumerable<string> Attributes(INamedTypeSymbol module) => module.IsSealed || Visibilities.Of(module) != Visibility.Public
        ? []
        : Declared(module)
            .Where(m =>
                m.Property!.DeclaredAccessibility is Accessibility.Private or Accessibility.Internal or Accessibility.ProtectedAndInternal
                    || PropertyRoles.Marked(m.Property).Length == 0)
            .Select(m => $"global::Brachy.CompilerServices.{AttributeName}({TypeNames.Quoted(m.Key)}, "
                + $"{TypeNames.Quoted(m.Name)}{(m.IsRandomKey ? ", isRandomKey: true" : "")})");

    private static List<KeptMember> Declared(INamedTypeSymbol type)
    {
        var members = new List<KeptMember>();
        foreach (var property in ModuleRules.Properties(type))
        {
            if (PropertyRoles.Of(property) is not (PropertyRole.None or PropertyRole.Config) and var role)
            {
                members.Add(new(
                    PropertyRoles.Key(property, role), property.Name, role == PropertyRole.Buffer && property.Type.IsRngKey(), type,
                    property));
            }
        }

        return members;
    }

    private static IEnumerable<KeptMember> Hidden(INamedTypeSymbol type, INamedTypeSymbol module) =>
        ModuleBases.IsOfSameProject(type, module)
            ? []
            : type.Attributes(AttributeName)
                .Select(a => a.ConstructorArguments)
                .Where(a => a.Length == 3)
                .Select(a => new KeptMember((string)a[0].Value!, (string)a[1].Value!, (bool)a[2].Value!, type, null))

                // An internal member may be shown after all.
                .Where(m => Declared(type).All(d => d.Key != m.Key));
}
