using System.Reflection;
using System.Text.RegularExpressions;
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
    /// <param name="lineEnd">How lines of the code end.</param>
    /// <param name="other">A second file.</param>
    /// <param name="steps">How many times a fix is made; null for once for each mark.</param>
    public static async Task Mends<TAnalyzer, TFix>(string before, string after, int offer = 0, bool compiles = true, int? steps = null,
        string lineEnd = "\n", (string Before, string After)? other = null)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var test = new Test<TAnalyzer, TFix>
        {
            TestCode = Using(before).ReplaceLineEndings(lineEnd),
            FixedCode = Using(after).ReplaceLineEndings(lineEnd),
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

        if (other is var (otherBefore, otherAfter))
        {
            test.TestState.Sources.Add(("Other.cs", Using(otherBefore)));
            test.FixedState.Sources.Add(("Other.cs", Using(otherAfter)));
        }

        // As in an editor, where fixes see generated code. It would report the same as this analyzer.
        if (typeof(TAnalyzer) != typeof(GeneratorFaultAnalyzer))
        {
            test.SolutionTransforms.Add((solution, project) => solution.AddAnalyzerReference(project, s_generators));
        }

        await test.RunAsync();
        if (compiles)
        {
            TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(
                TestCompilation.Of([Using(after), .. other is { After: var more } ? [Using(more)] : Array.Empty<string>()]),
                out var compilation, out _);
            Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
        }
    }

    /// <summary>The titles of all that is offered at the one mark of a code.</summary>
    public static async Task Offers<TAnalyzer, TFix>(string code, params string[] titles)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var start = code.IndexOf("{|", StringComparison.Ordinal);
        var plain = Regex.Replace(code, @"\{\|\w+:(.*?)\|\}", "$1");
        using var workspace = new AdhocWorkspace();
        var project = workspace.AddProject("Offers", LanguageNames.CSharp)
            .WithParseOptions(TestCompilation.ParseOptions)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .WithMetadataReferences(TestCompilation.References).AddAnalyzerReference(s_generators);
        var document = project.AddDocument("Source0.cs", Using(plain));
        var compilation = await document.Project.GetCompilationAsync();
        var analyzed = compilation!.WithAnalyzers([new TAnalyzer()]);
        var id = Regex.Match(code, @"\{\|(\w+):").Groups[1].Value;
        var found = Assert.Single(await analyzed.GetAnalyzerDiagnosticsAsync(), d => d.Id == id);
        Assert.Equal(Using(plain[..start]).TrimEnd('\n').Length, found.Location.SourceSpan.Start);
        var offered = new List<string>();
        await new TFix().RegisterCodeFixesAsync(new CodeFixContext(document, found, (action, _) => offered.Add(action.Title), default));
        Assert.Equal(titles, offered);
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
