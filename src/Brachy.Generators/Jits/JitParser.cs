using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators;

/// <summary>Makes the model of a [Jit] method, or nothing for a faulty one, which the analyzer reports.</summary>
internal static class JitParser
{
    public static JitModel? Parse(IMethodSymbol method)
    {
        if (method.MethodKind != MethodKind.Ordinary || JitRules.Check(method).Any(f => f.IsError))
        {
            return null;
        }

        var scope = TypeScope.Of(method.ContainingType);
        return new JitModel(
            scope,
            $"{scope.FileName}.{method.Name}Jit",
            method.Name,
            method.GetDocumentationCommentId() ?? "",
            AccessibilityOf(method),
            SignatureModel.Of(method),
            method.Parameters
                .Select(p => MemberModel.Of(p.Name, p.Type, p.Attribute("Static") is not null, p.Attribute("Donate") is not null))
                .OfType<MemberModel>()
                .ToEquatableArray(),
            HandlerExpression.Of(method.ReturnType)!,
            InterceptorRules.Parse(method));
    }

    /// <summary>That of the method; a private one is meant to be called compiled, so that is as visible as its types allow.</summary>
    private static string AccessibilityOf(IMethodSymbol method)
    {
        if (method.DeclaredAccessibility != Accessibility.Private)
        {
            return SyntaxFacts.GetText(method.DeclaredAccessibility);
        }

        return method.Parameters.Select(p => p.Type).Append(method.ReturnType).Select(Visibilities.Of).Min().ToString().ToLowerInvariant();
    }
}
