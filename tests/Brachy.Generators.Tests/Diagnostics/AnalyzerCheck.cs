using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace Brachy.Generators.Tests;

/// <summary>
/// Runs all generators, then one analyzer, on code in which <c>{|BRACHY001:name|}</c> marks what must be reported and where.
/// </summary>
internal static class AnalyzerCheck
{
    public static Task Reports<TAnalyzer>(string source, params MetadataReference[] libraries)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new Test<TAnalyzer>
        {
            TestCode = source,
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
            // Errors of the compiler about code that could not be generated are not what these tests are about.
            CompilerDiagnostics = CompilerDiagnostics.None,
            TestBehaviors = TestBehaviors.SkipGeneratedSourcesCheck,
        };
        test.TestState.AdditionalReferences.AddRange(TestCompilation.References);
        test.TestState.AdditionalReferences.AddRange(libraries);
        return test.RunAsync();
    }

    private sealed class Test<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        protected override IEnumerable<Type> GetSourceGenerators() =>
            [
                typeof(ModuleGenerator), typeof(TreeGenerator), typeof(JitGenerator), typeof(RegistrationGenerator),
                typeof(ContentGenerator), typeof(CheckpointRegistrationGenerator)
            ];

        protected override ParseOptions CreateParseOptions() => TestCompilation.ParseOptions;

        protected override CompilationOptions CreateCompilationOptions() =>
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
    }
}
