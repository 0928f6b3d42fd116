using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Takes back advice of the .NET analyzers that contradicts Brachy's rules.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RuleSuppressor : DiagnosticSuppressor
{
    private static readonly SuppressionDescriptor s_static = new(
        "BRACHYS01", "CA1822", "Forward of a module is an instance method, whether or not it reads the module");

    private static readonly SuppressionDescriptor s_array = new(
        "BRACHYS02", "CA1819", "A static value of a module is copied and compared by content");

    private static readonly SuppressionDescriptor s_parameter = new(
        "BRACHYS03", "IDE0060", "The parameters of Forward and of compiled methods are what their callers give");

    /// <inheritdoc/>
    public override ImmutableArray<SuppressionDescriptor> SupportedSuppressions { get; } = [s_static, s_array, s_parameter];

    /// <inheritdoc/>
    public override void ReportSuppressions(SuppressionAnalysisContext context)
    {
        foreach (var diagnostic in context.ReportedDiagnostics)
        {
            if (diagnostic.Location.SourceTree is { } tree
                && For(diagnostic, Declared(context.GetSemanticModel(tree), diagnostic.Location, context.CancellationToken)) is { } reason)
            {
                context.ReportSuppression(Suppression.Create(reason, diagnostic));
            }
        }
    }

    private static SuppressionDescriptor? For(Diagnostic diagnostic, ISymbol? symbol) => (diagnostic.Id, symbol) switch
    {
        ("CA1822", IMethodSymbol method) when TracedCode.Of(method) == TracedKind.Forward => s_static,
        ("CA1819", IPropertySymbol property) when property.Attribute("Static") is not null && property.ContainingType.IsModule() => s_array,
        ("IDE0060", IParameterSymbol { ContainingSymbol: IMethodSymbol method }) when TracedCode.Of(method) != TracedKind.None =>
            s_parameter,
        _ => null,
    };

    private static ISymbol? Declared(SemanticModel model, Location location, CancellationToken cancellation) =>
        location.SourceTree!.GetRoot(cancellation).FindNode(location.SourceSpan, getInnermostNodeForTie: true).AncestorsAndSelf()
            .Where(node => node is ParameterSyntax or MemberDeclarationSyntax)
            .Select(node => model.GetDeclaredSymbol(node, cancellation))
            .FirstOrDefault();
}
