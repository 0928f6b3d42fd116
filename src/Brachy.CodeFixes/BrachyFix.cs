using System.Collections.Immutable;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Brachy.CodeFixes;

/// <summary>
/// What all fixes share: each looks at the code under one diagnostic and offers changes, which can be made everywhere at once.
/// </summary>
public abstract class BrachyFix(params string[] ids) : CodeFixProvider
{
    private static readonly FixAllProvider s_all = new EachInTurn();

    /// <inheritdoc/>
    public sealed override ImmutableArray<string> FixableDiagnosticIds { get; } = [.. ids];

    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => s_all;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        if (root is null || model is null)
        {
            return;
        }

        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            Offer(new FixSite(context, diagnostic, root, node, model));
        }
    }

    /// <summary>Offers what can be done about one diagnostic.</summary>
    private protected abstract void Offer(FixSite site);
}
