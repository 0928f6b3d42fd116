using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>A place that code reads and writes: a variable, or a field or property in one.</summary>
/// <param name="Root">The local, parameter, or field or property of the class itself.</param>
/// <param name="Members">The members after it, each after a dot.</param>
internal sealed record TensorPath(ISymbol Root, string Members)
{
    public string Name => Root.Name + Members;

    /// <summary>Whether the other code around, such as methods of the class, may write it too.</summary>
    public bool IsShared => Root is IFieldSymbol or IPropertySymbol;

    public bool Equals(TensorPath? other) =>
        other is not null && Members == other.Members && SymbolEqualityComparer.Default.Equals(Root, other.Root);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Root) ^ Members.GetHashCode();

    /// <summary>Whether this is the other place or a part of it.</summary>
    public bool IsIn(TensorPath other) => SymbolEqualityComparer.Default.Equals(Root, other.Root)
        && (Members == other.Members || Members.StartsWith(other.Members + ".", System.StringComparison.Ordinal));

    /// <summary>The place that an expression is.</summary>
    /// <param name="operation">The expression.</param>
    /// <param name="captures">What the temporaries of the control flow graph stand for.</param>
    public static TensorPath? Of(IOperation operation, IReadOnlyDictionary<CaptureId, TensorPath>? captures = null) => operation switch
    {
        ILocalReferenceOperation { Local: { IsRef: false } local } => new(local, ""),
        IParameterReferenceOperation { Parameter: var parameter } => new(parameter, ""),
        IFieldReferenceOperation { Field: { CorrespondingTupleField: { } element } } field => Member(field, element, captures),
        IFieldReferenceOperation { Field: var member } field => Member(field, member, captures),
        IPropertyReferenceOperation { Property: { IsIndexer: false } member } property when IsStored(member) =>
            Member(property, member, captures),

        // A module views its tree.
        IPropertyReferenceOperation { Property: { Name: "Tree" } member, Instance: { } module }
            when member.ContainingType.IsBrachy("StateOrganizer") =>
            Of(module, captures),
        IConversionOperation { OperatorMethod: null } conversion => Of(conversion.Operand, captures),
        IDeclarationExpressionOperation declaration => Of(declaration.Expression, captures),
        IFlowCaptureReferenceOperation reference => captures is not null && captures.TryGetValue(reference.Id, out var path) ? path : null,
        _ => null,
    };

    private static TensorPath? Member(
        IMemberReferenceOperation reference, ISymbol member, IReadOnlyDictionary<CaptureId, TensorPath>? captures) =>
        reference.Instance switch
        {
            null or IInstanceReferenceOperation => new(member, ""),
            { } instance => Of(instance, captures) is { } path ? path with { Members = $"{path.Members}.{member.Name}" } : null,
        };

    /// <summary>Whether a property gives what was last stored in it.</summary>
    private static bool IsStored(IPropertySymbol property) => property.Locations.Any(l => l.IsInSource)
        ? PropertyRoles.IsAuto(property) || TreeRules.Positional(property.ContainingType).Contains(property, SymbolEqualityComparer.Default)
        : property.ContainingType.IsRecord;
}
