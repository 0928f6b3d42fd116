using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>
/// Recognizes what code that is traced takes from static members, so that it is built in as it was then: modules, which are arguments where
/// they are trained, and tensors that may be replaced.
/// </summary>
internal static class KeptState
{
    public static Finding? Of(IOperation operation, TracedFunction function)
    {
        if (operation is not IMemberReferenceOperation { Instance: null, Member: IFieldSymbol or IPropertySymbol, Type: { } type } reference
            || !type.HoldsTensors() || !IsStored(reference.Member) || IsTarget(reference))
        {
            return null;
        }

        // A module that a function given to Jit.Compile captures is frozen, and one of Forward is in no tree, which is said elsewhere.
        var isModule = type.Mentions(t => t.IsModule() && StateRules.MayHoldState(t));
        var isWeights = isModule || type.Mentions(BrachyTypes.IsStructureTree);
        var (name, place) = ($"'{reference.Member.Name}'", operation.Syntax.GetLocation());
        return isWeights && function is { Kind: TracedKind.Compiled, MayFreeze: false }
                ? new(
                    FindingKind.KeptModule, name,
                    $"pass {(isModule ? "its tree and config" : "it")} as arguments (StructureTree, GlobalConfig), "
                    + "or, to freeze it, compile a function that captures it with Jit.Compile", place)
            : (isModule && function.Kind == TracedKind.Forward) || !MayChange(reference.Member) ? null
            : new(FindingKind.KeptTensor, name, function.Kind == TracedKind.Forward
                ? "keep it in a partial property with [Buffer], or declare it readonly"
                : "pass it as an argument, or declare it readonly", place);
    }

    /// <summary>What a computed property gives is seen where it is computed, if that is in the project.</summary>
    public static bool IsStored(ISymbol member) =>
        member is not IPropertySymbol property || PropertyRoles.IsAuto(property) || property.Locations.All(l => !l.IsInSource);

    /// <summary>What is written, or filled when it is first asked for, is told as that.</summary>
    private static bool IsTarget(IOperation reference) =>
        reference.Parent is IAssignmentOperation assignment ? assignment.Target == reference
        : reference.Parent is ITupleOperation { Parent: IDeconstructionAssignmentOperation } or IIncrementOrDecrementOperation;

    /// <summary>Whether another value may be assigned when the class has been initialised.</summary>
    private static bool MayChange(ISymbol member) => member switch
    {
        IFieldSymbol field => !field.IsReadOnly && !field.IsConst
            && (field.DeclaredAccessibility != Accessibility.Private || IsWritten(field)),
        IPropertySymbol { SetMethod: { IsInitOnly: false } setter } property =>
            setter.DeclaredAccessibility != Accessibility.Private || IsWritten(property),
        _ => false,
    };

    private static bool IsWritten(ISymbol member) => member.ContainingType.DeclaringSyntaxReferences
        .SelectMany(r => r.GetSyntax().DescendantNodes())
        .OfType<SimpleNameSyntax>()
        .Any(name => name.Identifier.ValueText == member.Name && IsWritten(name) && !IsInitialization(name));

    private static bool IsWritten(SimpleNameSyntax name)
    {
        SyntaxNode place = name;
        while (place.Parent is ParenthesizedExpressionSyntax or TupleExpressionSyntax
            || (place.Parent is MemberAccessExpressionSyntax access && access.Name == place)
            || place.Parent is ArgumentSyntax { Parent: TupleExpressionSyntax })
        {
            place = place.Parent;
        }

        // What is only filled when it is first asked for stays what it is.
        return place.Parent switch
        {
            AssignmentExpressionSyntax assignment =>
                assignment.Left == place && !assignment.IsKind(SyntaxKind.CoalesceAssignmentExpression),
            ArgumentSyntax argument => argument.RefKindKeyword.Kind() is SyntaxKind.RefKeyword or SyntaxKind.OutKeyword,
            RefExpressionSyntax => true,
            _ => false,
        };
    }

    private static bool IsInitialization(SyntaxNode node) =>
        node.FirstAncestorOrSelf<ConstructorDeclarationSyntax>() is { } constructor
        && constructor.Modifiers.Any(SyntaxKind.StaticKeyword)
        && node.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is null;
}
