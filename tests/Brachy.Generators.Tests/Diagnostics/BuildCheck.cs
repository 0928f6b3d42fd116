using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators.Tests;

/// <summary>What a build reports: as the compiler does, analyzers only run when declarations have no errors.</summary>
internal static class BuildCheck
{
    public static ImmutableArray<DiagnosticAnalyzer> Analyzers { get; } =
    [
        new ModuleAnalyzer(), new ForwardWriteAnalyzer(), new TreeAnalyzer(), new JitAnalyzer(), new TransformCallAnalyzer(),
        new ThreadScopeAnalyzer(),
        new DonatedUseAnalyzer(), new TracedCodeAnalyzer(), new ModuleCallAnalyzer(), new TensorEqualityAnalyzer(),
        new LayerSizeAnalyzer(), new UnassignedMemberAnalyzer(), new StaticModuleAnalyzer(),
    ];

    public static async Task<Diagnostic[]> Report(string source)
    {
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(TestCompilation.Of(source), out var compilation, out var generated);
        var declarations = compilation.GetDeclarationDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        if (declarations.Length > 0)
        {
            return [.. generated, .. declarations];
        }

        var analyzed = await compilation.WithAnalyzers(Analyzers).GetAnalyzerDiagnosticsAsync();
        return [.. generated, .. analyzed];
    }
}
