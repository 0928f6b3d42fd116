using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>Reports modules that Forward of another takes from a static field or property: they are in the tree of neither.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StaticModuleAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [DiagnosticDescriptors.StaticModule];

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

        foreach (var (method, body, entry) in code.Of(module, context.CancellationToken))
        {
            // An inherited Forward is the base's.
            var isOwn = SymbolEqualityComparer.Default.Equals(method.ContainingType.OriginalDefinition, module.OriginalDefinition);
            if (!isOwn && entry is null)
            {
                continue;
            }

            foreach (var operation in body.DescendantsAndSelf())
            {
                if (Held(operation) is { } member)
                {
                    context.ReportDiagnostic(new Fault(
                        DiagnosticDescriptors.StaticModule, (entry ?? operation).Syntax.GetLocation(), member.Name, module.Name)
                        .ToDiagnostic());
                }
            }
        }
    }

    /// <summary>The static member that holds a module with state, or several.</summary>
    private static ISymbol? Held(IOperation operation) =>
        operation is IMemberReferenceOperation { Instance: null, Member: var member, Type: { } type }
        && member is IFieldSymbol or IPropertySymbol && KeptState.IsStored(member)
        && type.Mentions(t => t.IsModule() && StateRules.MayHoldState(t))
            ? member
            : null;
}
