using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Makes the model of a [Tree] type, or nothing for a faulty one, which the analyzer reports.</summary>
internal static class TreeParser
{
    public static TreeModel? Parse(INamedTypeSymbol type)
    {
        if (TreeRules.Check(type).Any(f => f.IsError))
        {
            return null;
        }

        return new TreeModel(
            TypeScope.Of(type),
            type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat.WithMiscellaneousOptions(
                SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers)),
            type.IsReferenceType,
            TreeRules.Positional(type).Length,
            TreeRules.Members(type).Select(m => MemberModel.Of(m.Name, TreeRules.TypeOf(m))).OfType<MemberModel>().ToEquatableArray(),
            new ViewNames(type).Free("GeneratedHandler"),
            HandlerRegistration.Of(type).FirstOrDefault() ?? "",
            Warnings.Ids([type, .. TreeRules.Members(type), .. TreeRules.Members(type).Select(TreeRules.TypeOf)]));
    }
}
