using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Calls a module by Call, and a compiled method compiled.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(CallFix)), Shared]
public sealed class CallFix() : BrachyFix("BRACHY063", "BRACHY064")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Node is SimpleNameSyntax name)
        {
            var text = site.Diagnostic.Id == "BRACHY063" ? "Call" : name.Identifier.ValueText + "Jit";
            site.Offer($"Call '{text}'", name, name.WithIdentifier(
                SyntaxFactory.Identifier(text).WithTriviaFrom(name.Identifier)));
        }
    }
}
