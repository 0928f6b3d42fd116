using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators;

/// <summary>Reports members that Forward writes although the next call does not see it, or is traced anew because of it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForwardWriteAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics =>
        [DiagnosticDescriptors.WrittenInForward, DiagnosticDescriptors.StaticWrittenInForward];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var code = new ForwardCode(MemberBodies.Of(start.Compilation));
            start.RegisterSymbolAction(symbol => Analyze(symbol, code), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, ForwardCode code)
    {
        var module = (INamedTypeSymbol)context.Symbol;
        if (module.Attribute("Module") is null)
        {
            return;
        }

        foreach (var (method, body, entry) in code.Of(module, context.CancellationToken).Where(b => !b.Method.IsStatic))
        {
            // What code of a base writes is reported there, unless only this class makes Forward run it.
            var owner = method.ContainingType;
            var isOwn = SymbolEqualityComparer.Default.Equals(owner.OriginalDefinition, module.OriginalDefinition);
            if (!isOwn && (entry is null || IsReportedAt(owner, method, code, context.CancellationToken)))
            {
                continue;
            }

            foreach (var (place, member, descriptor) in ForwardWrites.Of(body))
            {
                context.ReportDiagnostic(new Fault(
                    descriptor, (entry ?? place).Syntax.GetLocation(), member.Name,
                    ForwardCode.IsForward(method) ? "Forward" : $"Forward, through '{NameOf(method)}',").ToDiagnostic());
            }
        }
    }

    private static bool IsReportedAt(
        INamedTypeSymbol owner, IMethodSymbol method, ForwardCode code, System.Threading.CancellationToken cancellation) =>
        owner.Attribute("Module") is not null && code.Of(owner.OriginalDefinition, cancellation)
            .Any(b => SymbolEqualityComparer.Default.Equals(b.Method.OriginalDefinition, method.OriginalDefinition));

    private static string NameOf(IMethodSymbol method) => method.AssociatedSymbol?.Name ?? method.Name;
}
