using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Brachy.Generators.Tests;

/// <summary>
/// Applies a fix to what is marked by <c>{|BRACHY001:name|}</c>, one by one and everywhere at once, and compares the result, which must
/// compile together with what is generated for it.
/// </summary>
internal static class FixCheck
{
    private static readonly AnalyzerFileReference s_generators = new(typeof(ModuleGenerator).Assembly.Location, new Loader());

    /// <param name="before">The code, with marks.</param>
    /// <param name="after">The code when all is mended.</param>
    /// <param name="offer">Which of the offers to take.</param>
    /// <param name="compiles">Whether nothing else is left to do.</param>
    /// <param name="steps">How many times a fix is made; null for once for each mark.</param>
    public static async Task Mends<TAnalyzer, TFix>(string before, string after, int offer = 0, bool compiles = true, int? steps = null)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var test = new Test<TAnalyzer, TFix>
        {
            TestCode = Using(before),
            FixedCode = Using(after),
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
            CompilerDiagnostics = CompilerDiagnostics.None,
            TestBehaviors = TestBehaviors.SkipGeneratedSourcesCheck,
            CodeActionIndex = offer,

            // What is wrong with a type around, or known only when all has been looked at, is mended too.
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipLocalDiagnosticCheck,
            NumberOfIncrementalIterations = steps,
            NumberOfFixAllIterations = steps,
        };
        test.TestState.AdditionalReferences.AddRange(TestCompilation.References);

        // As in an editor, where fixes see generated code. It would report the same as this analyzer.
        if (typeof(TAnalyzer) != typeof(GeneratorFaultAnalyzer))
        {
            test.SolutionTransforms.Add((solution, project) => solution.AddAnalyzerReference(project, s_generators));
        }

        await test.RunAsync();
        if (compiles)
        {
            TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(TestCompilation.Of(Using(after)), out var compilation, out _);
            Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        }
    }

    private static string Using(string source) =>
        "using System.Collections.Generic;\nusing Brachy;\n\n" + source.ReplaceLineEndings("\n") + "\n";

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public Assembly LoadFromPath(string fullPath) => typeof(ModuleGenerator).Assembly;
    }

    private sealed class Test<TAnalyzer, TFix> : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        protected override ParseOptions CreateParseOptions() => TestCompilation.ParseOptions;

        protected override CompilationOptions CreateCompilationOptions() =>
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
    }
}
