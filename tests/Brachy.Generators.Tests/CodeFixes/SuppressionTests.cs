using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators.Tests;

/// <summary>Advice of other analyzers that Brachy's rules contradict is not given; all other advice is.</summary>
public class SuppressionTests
{
    [Fact]
    public async Task ContradictionsAreSuppressed()
    {
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(
            TestCompilation.Of("""
                using Brachy;
                [Module] public partial class Layer
                {
                    [Static] public partial int[] Sizes { get; set; }
                    public int[] Plain => [1];
                    public Layer() => Sizes = [1];
                    public Tensor Forward(Tensor input) => F.ones([1]);
                    public int Other(int rest) => 1;
                }
                public static partial class Steps
                {
                    [Jit] public static Tensor Step(Tensor input) => F.ones([1]);
                    public static int Other(int rest) => 1;
                }
                """),
            out var compilation, out _);
        var analyzed = compilation.WithAnalyzers(
            [new AdviceAnalyzer(), new RuleSuppressor()], new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: false,
                reportSuppressedDiagnostics: true));
        var all = (await analyzed.GetAnalyzerDiagnosticsAsync()).Where(d => d.Location.SourceTree!.FilePath == "Source0.cs")
            .Select(d => $"{d.Id} {d.GetMessage(null)} {d.IsSuppressed}");
        Assert.Equal(
            [
                "CA1819 Plain False", "CA1819 Sizes True", "CA1822 Forward True", "CA1822 Other False",
                "IDE0060 input True", "IDE0060 input True", "IDE0060 rest False", "IDE0060 rest False",
            ],
            all.Order(StringComparer.Ordinal));
    }

    /// <summary>Gives the same advice as the .NET analyzers, in the same places.</summary>
#pragma warning disable RS1029, RS1036, RS1038, RS1041, RS2008 // for this test only
    [DiagnosticAnalyzer(LanguageNames.CSharp)]
    private sealed class AdviceAnalyzer : DiagnosticAnalyzer
    {
        private static readonly DiagnosticDescriptor s_static = Advice("CA1822");
        private static readonly DiagnosticDescriptor s_array = Advice("CA1819");
        private static readonly DiagnosticDescriptor s_parameter = Advice("IDE0060");

        public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [s_static, s_array, s_parameter];

        public override void Initialize(AnalysisContext context)
        {
            context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
            context.EnableConcurrentExecution();
            context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.MethodDeclaration, SyntaxKind.PropertyDeclaration, SyntaxKind.Parameter);
        }

        private static void Analyze(SyntaxNodeAnalysisContext context)
        {
            var found = context.Node switch
            {
                MethodDeclarationSyntax method when !method.Modifiers.Any(SyntaxKind.StaticKeyword) => (s_static, method.Identifier),
                PropertyDeclarationSyntax { Type: ArrayTypeSyntax } property => (s_array, property.Identifier),
                ParameterSyntax parameter => (s_parameter, parameter.Identifier),
                _ => default,
            };
            if (found.Item1 is { } advice)
            {
                context.ReportDiagnostic(Diagnostic.Create(advice, found.Identifier.GetLocation(), found.Identifier.Text));
            }
        }

        private static DiagnosticDescriptor Advice(string id) =>
            new(id, id, "{0}", "Advice", DiagnosticSeverity.Warning, isEnabledByDefault: true);
    }
#pragma warning restore RS1029, RS1036, RS1038, RS1041, RS2008
}
