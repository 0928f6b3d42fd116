using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Writes the type arguments of a call, which the generator cannot infer before its own code is there.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(TypeArgumentsFix)), Shared]
public sealed class TypeArgumentsFix() : BrachyFix("BRACHY034")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Node is not IdentifierNameSyntax name || site.Around<InvocationExpressionSyntax>() is not { } call
            || site.Model.GetSymbolInfo(call, site.Cancellation).Symbol is not IMethodSymbol { TypeArguments.Length: > 0 } method
            || method.TypeArguments.Any(t => t.IsAnonymousType || t.TypeKind == TypeKind.Error
                || t.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected))
        {
            return;
        }

        var types = method.TypeArguments.Select(t => SyntaxFactory.ParseTypeName(
            t.ToMinimalDisplayString(site.Model, name.SpanStart, s_format)));
        site.Offer("Write the type arguments", name, SyntaxFactory.GenericName(name.Identifier.WithoutTrivia(),
            SyntaxFactory.TypeArgumentList(SyntaxFactory.SeparatedList(
                types, Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space),
                    method.TypeArguments.Length - 1)))).WithTriviaFrom(name));
    }

    private static readonly SymbolDisplayFormat s_format = SymbolDisplayFormat.MinimallyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);
}
