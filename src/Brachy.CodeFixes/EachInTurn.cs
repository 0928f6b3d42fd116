using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Brachy.CodeFixes;

/// <summary>
/// Mends everything at once by one mend after the other, each in the code that those before it left: two that add to one constructor, or
/// choose a free name, would contradict each other if all were made from the same code and then merged.
/// </summary>
internal sealed class EachInTurn : FixAllProvider
{
    public override async Task<CodeAction?> GetFixAsync(FixAllContext context)
    {
        var found = context switch
        {
            { Scope: FixAllScope.Document, Document: { } document } =>
                await context.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false),
            { Scope: FixAllScope.Project } => await context.GetAllDiagnosticsAsync(context.Project).ConfigureAwait(false),
            { Scope: FixAllScope.Solution } => await OfSolutionAsync(context).ConfigureAwait(false),
            _ => [],
        };
        var title = $"Mend all of {string.Join(", ", context.DiagnosticIds.OrderBy(id => id, System.StringComparer.Ordinal))}";
        return found.IsEmpty
            ? null
            : CodeAction.Create(title, cancellation => MendAsync(context, found, cancellation), context.CodeActionEquivalenceKey);
    }

    private static async Task<ImmutableArray<Diagnostic>> OfSolutionAsync(FixAllContext context)
    {
        var found = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var project in context.Solution.Projects.Where(p => p.Language == context.Project.Language))
        {
            found.AddRange(await context.GetAllDiagnosticsAsync(project).ConfigureAwait(false));
        }

        return found.ToImmutable();
    }

    private static async Task<Solution> MendAsync(FixAllContext context, ImmutableArray<Diagnostic> found, CancellationToken cancellation)
    {
        var (solution, faults) = await MarkedFault.MarkAsync(context.Solution, found, cancellation).ConfigureAwait(false);
        foreach (var fault in faults)
        {
            if (await fault.FindAsync(solution, cancellation).ConfigureAwait(false) is not var (document, diagnostic))
            {
                continue;
            }

            CodeAction? chosen = null;
            await context.CodeFixProvider.RegisterCodeFixesAsync(new CodeFixContext(
                document, diagnostic,
                (action, _) => chosen ??= action.EquivalenceKey == context.CodeActionEquivalenceKey ? action : null,
                cancellation)).ConfigureAwait(false);
            if (chosen is not null)
            {
                var operations = await chosen.GetOperationsAsync(cancellation).ConfigureAwait(false);
                solution = operations.OfType<ApplyChangesOperation>().FirstOrDefault()?.ChangedSolution ?? solution;
            }
        }

        return solution;
    }
}
