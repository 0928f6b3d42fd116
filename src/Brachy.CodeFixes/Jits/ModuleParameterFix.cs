using System.Composition;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Takes a module as its tree and config, and views it where it is used.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ModuleParameterFix)), Shared]
public sealed class ModuleParameterFix() : BrachyFix("BRACHY028")
{
    private protected override void Offer(FixSite site)
    {
        if (site.Around<ParameterSyntax>() is not
            {
                Type: { } type, Parent: ParameterListSyntax { Parent: MethodDeclarationSyntax method }
            } parameter
            || type is NullableTypeSyntax || site.Model.GetDeclaredSymbol(parameter, site.Cancellation) is not { } symbol)
        {
            return;
        }

        var name = parameter.Identifier.ValueText;
        var taken = method.DescendantTokens().Select(t => t.ValueText).ToArray();
        var config = taken.Contains("config") ? name + "Config" : "config";
        var (tree, settings) = (site.NameOf("StructureTree", isAttribute: false), site.NameOf("GlobalConfig", isAttribute: false));
        var uses = method.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Where(i => i.Identifier.ValueText == name
                && SymbolEqualityComparer.Default.Equals(site.Model.GetSymbolInfo(i, site.Cancellation).Symbol, symbol)).ToArray();
        var bound = $"{type.WithoutTrivia()}.Bind({name}, {config})";
        var isLocal = method.Body is not null && uses.Length > 1;
        var view = !isLocal ? bound : taken.Contains(name + "View") ? name + "Bound" : name + "View";

        var mark = new SyntaxAnnotation();
        var marked = method.ReplaceNodes(uses.Cast<SyntaxNode>().Append(parameter), (old, _) => old == parameter
            ? parameter.WithType(SyntaxFactory.ParseTypeName(tree).WithTriviaFrom(type)).WithAdditionalAnnotations(mark)
            : Nodes.Expression(view).WithTriviaFrom(old));
        var first = marked.ParameterList.Parameters.First(p => p.HasAnnotation(mark));
        var second = SyntaxFactory.Parameter(SyntaxFactory.Identifier(config)).WithType(
            SyntaxFactory.ParseTypeName(settings).WithTrailingTrivia(SyntaxFactory.Space)).WithLeadingTrivia(SyntaxFactory.Space);
        var index = marked.ParameterList.Parameters.IndexOf(first);
        var list = marked.ParameterList.Parameters.Insert(index + 1, second);
        marked = marked.WithParameterList(marked.ParameterList.WithParameters(list));
        if (isLocal)
        {
            var statement = Nodes.Statement($"var {view} = {bound};");
            marked = marked.WithBody(marked.Body!.WithStatements(marked.Body.Statements.Insert(0, statement)));
        }

        site.Offer("Take its tree and config", method, marked);
    }
}
