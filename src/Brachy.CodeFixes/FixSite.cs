using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Brachy.CodeFixes;

/// <summary>A place with a diagnostic, and the changes that are offered there.</summary>
/// <param name="context">Takes the offers.</param>
/// <param name="diagnostic">What was reported.</param>
/// <param name="root">The file.</param>
/// <param name="node">The code under the diagnostic.</param>
/// <param name="model">What it means.</param>
internal sealed class FixSite(CodeFixContext context, Diagnostic diagnostic, SyntaxNode root, SyntaxNode node, SemanticModel model)
{
    public Document Document => context.Document;

    public Diagnostic Diagnostic => diagnostic;

    public SyntaxNode Root => root;

    public SyntaxNode Node => node;

    public SemanticModel Model => model;

    public CancellationToken Cancellation => context.CancellationToken;

    /// <summary>The innermost node of a kind around the code.</summary>
    public T? Around<T>()
        where T : SyntaxNode => node.FirstAncestorOrSelf<T>();

    /// <summary>Offers to put one node in the place of another.</summary>
    public void Offer(string title, SyntaxNode old, SyntaxNode replacement, string? key = null) =>
        Offer(title, _ => Task.FromResult(Document.WithSyntaxRoot(root.ReplaceNode(old, replacement)).Project.Solution), key);

    /// <summary>Offers a change of the file.</summary>
    public void Offer(string title, SyntaxNode newRoot) =>
        Offer(title, _ => Task.FromResult(Document.WithSyntaxRoot(newRoot).Project.Solution));

    /// <summary>Offers any change.</summary>
    public void Offer(string title, Func<CancellationToken, Task<Solution>> change, string? key = null)
    {
        // Offers with the same words are the same thing done elsewhere, whatever names are quoted.
        key ??= string.Concat(title.Split('\'').Where((_, i) => i % 2 == 0));
        var before = Document.Project.Solution;
        context.RegisterCodeFix(
            CodeAction.Create(
                title, async cancellation => await LineEnds.KeepAsync(
                    before, await change(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false),
                $"{diagnostic.Id}: {key}"),
            diagnostic);
    }

    /// <summary>How an attribute or type of Brachy is written here.</summary>
    public string NameOf(string name, bool isAttribute = true) =>
        model.LookupNamespacesAndTypes(node.SpanStart, name: isAttribute ? name + "Attribute" : name)
            .Any(t => t.ContainingNamespace?.Name == "Brachy")
            ? name
            : "Brachy." + name;
}
