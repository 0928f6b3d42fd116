using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// The kept members that are surely assigned at a place. The default stands for all: of code that is never reached, or cannot be followed.
/// </summary>
internal readonly struct AssignedMembers(ImmutableHashSet<ISymbol>? members)
{
    private readonly ImmutableHashSet<ISymbol>? _members = members;

    public static AssignedMembers All => default;

    public static AssignedMembers None { get; } = new(ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default));

    public bool Contains(IPropertySymbol property) => _members is null || _members.Contains(Declared(property));

    public AssignedMembers With(IPropertySymbol property) => _members is null ? this : new(_members.Add(Declared(property)));

    /// <summary>What is assigned when both have run.</summary>
    public AssignedMembers And(AssignedMembers other) =>
        _members is null || other._members is null ? All : new(_members.Union(other._members));

    /// <summary>What is assigned when one of both has run.</summary>
    public AssignedMembers Or(AssignedMembers other) =>
        _members is null ? other : other._members is null ? this : new(_members.Intersect(other._members));

    public bool IsSame(AssignedMembers other) => _members?.Count == other._members?.Count;

    /// <summary>A property is one member with what it overrides, in all constructed types.</summary>
    private static ISymbol Declared(IPropertySymbol property)
    {
        var declared = property.OriginalDefinition;
        declared = declared.PartialDefinitionPart ?? declared;
        return declared.OverriddenProperty is { } overridden ? Declared(overridden) : declared;
    }
}
