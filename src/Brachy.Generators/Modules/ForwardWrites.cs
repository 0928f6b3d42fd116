using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Finds which members of its object code writes: by themselves, in a part of them, or through what they hold.</summary>
internal static class ForwardWrites
{
    /// <summary>The places, as the code names the members, and what is wrong with writing them.</summary>
    public static IEnumerable<(IOperation Place, ISymbol Member, DiagnosticDescriptor Descriptor)> Of(IOperation body) => body
        .DescendantsAndSelf()
        .SelectMany(operation => Writes.Of(operation).Select(place => MemberOf(place, isDirect: true))
            .Concat(Changed(operation).Select(place => MemberOf(place, isDirect: false))))
        .SelectMany(place => place is { } found && DescriptorOf(found.Member.Member) is { } descriptor
            && (found.IsDirect || !HoldsShared(found.Member.Member))
                ? new[] { ((IOperation)found.Member, found.Member.Member, descriptor) } : []);

    /// <summary>A collection or text that is changed in place.</summary>
    private static IEnumerable<IOperation> Changed(IOperation operation) =>
        operation is IInvocationOperation { Instance: { } changed, TargetMethod: var method } && ImpureCode.IsChange(method)
            ? [Place(changed)] : [];

    /// <summary>What <c>?.</c> is asked of.</summary>
    private static IOperation Place(IOperation instance)
    {
        if (instance is not IConditionalAccessInstanceOperation)
        {
            return instance;
        }

        var outer = instance.Parent;
        while (outer is not null and not IConditionalAccessOperation)
        {
            outer = outer.Parent;
        }

        return outer is IConditionalAccessOperation access ? access.Operation : instance;
    }

    private static (IMemberReferenceOperation Member, bool IsDirect)? MemberOf(IOperation place, bool isDirect) => place switch
    {
        IMemberReferenceOperation
        {
            Instance: IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
            Member: not IPropertySymbol { IsIndexer: true },
        } member => (member, isDirect),
        IMemberReferenceOperation { Instance: { Type: { } type } instance } => MemberOf(instance, isDirect && type.IsValueType),
        IArrayElementReferenceOperation element => MemberOf(element.ArrayReference, isDirect: false),
        IConversionOperation { OperatorMethod: null } conversion => MemberOf(conversion.Operand, isDirect),
        _ => null,
    };

    private static DiagnosticDescriptor? DescriptorOf(ISymbol member) => member switch
    {
        IFieldSymbol { IsStatic: false } or IEventSymbol { IsStatic: false } => DiagnosticDescriptors.WrittenInForward,
        IPropertySymbol property when PropertyRoles.Of(property) == PropertyRole.Static => DiagnosticDescriptors.StaticWrittenInForward,
        IPropertySymbol property when PropertyRoles.Of(property) == PropertyRole.None && PropertyRoles.IsAuto(property) =>
            DiagnosticDescriptors.WrittenInForward,
        _ => null,
    };

    /// <summary>Whether a member holds an object that is kept elsewhere, as its initialiser says: changes of that are not lost.</summary>
    private static bool HoldsShared(ISymbol member) => member is not IPropertySymbol { IsPartialDefinition: true }
        && member.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).Select(syntax => syntax switch
        {
            VariableDeclaratorSyntax field => field.Initializer?.Value,
            PropertyDeclarationSyntax property => property.Initializer?.Value,
            _ => null,
        }).Any(value => value is IdentifierNameSyntax or MemberAccessExpressionSyntax);
}
