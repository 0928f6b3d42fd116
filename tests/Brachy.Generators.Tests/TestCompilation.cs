using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators.Tests;

/// <summary>Compiles sources against the running framework, Brachy.Runtime, Brachy.Data and Brachy.Export.</summary>
internal static class TestCompilation
{
    public static readonly CSharpParseOptions ParseOptions = new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.Diagnose)
        .WithFeatures([new("InterceptorsNamespaces", "Brachy.Generated")]);

    public static IReadOnlyList<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is "mscorlib.dll" or "netstandard.dll"
                || Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
        MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll")),
        .. ((string[])["Brachy.Inference.dll", "Brachy.Runtime.dll", "Brachy.Data.dll", "Brachy.Export.dll"])
            .Select(name => MetadataReference.CreateFromFile(Path.Combine(AppContext.BaseDirectory, name))),
    ];

    public static CSharpCompilation Of(params string[] sources) => CSharpCompilation.Create(
        "TestProject",
        sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, ParseOptions, $"Source{i}.cs", System.Text.Encoding.UTF8)),
        References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    public static CSharpGeneratorDriver Driver(bool trackSteps = false) => CSharpGeneratorDriver.Create(
        [
            new ModuleGenerator().AsSourceGenerator(),
            new TreeGenerator().AsSourceGenerator(),
            new JitGenerator().AsSourceGenerator(),
            new RegistrationGenerator().AsSourceGenerator(),
            new ContentGenerator().AsSourceGenerator(),
            new CheckpointRegistrationGenerator().AsSourceGenerator(),
            new InterceptorGenerator().AsSourceGenerator(),
        ],
        parseOptions: ParseOptions,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: trackSteps));

    /// <summary>Generates, and requires that everything compiles without a warning.</summary>
    public static GeneratorDriverRunResult GenerateClean(params string[] sources) => GenerateClean(Of(sources), out _);

    /// <summary>Generates, and requires that everything compiles without a warning.</summary>
    public static GeneratorDriverRunResult GenerateClean(CSharpCompilation before, out Microsoft.CodeAnalysis.Compilation compilation)
    {
        var driver = Driver().RunGeneratorsAndUpdateCompilation(before, out compilation, out var diagnostics);
        Assert.Empty(diagnostics);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning && !IsMissingComment(d)));
        return driver.GetRunResult();
    }

    /// <summary>Another project, whose generated code is compiled into it, as a build refers to it: without its private members.</summary>
    public static MetadataReference Library(params string[] sources)
    {
        GenerateClean(Of(sources).WithAssemblyName("Library"), out var compilation);
        using var image = new MemoryStream();
        var result = compilation.Emit(
            image, options: new Microsoft.CodeAnalysis.Emit.EmitOptions(metadataOnly: true, includePrivateMembers: false));
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    /// <summary>Generated code with each statement on a line of its own, however long.</summary>
    public static string OnOneLine(string text) => System.Text.RegularExpressions.Regex.Replace(
        System.Text.RegularExpressions.Regex.Replace(text, @"([(<])\n\s+", "$1"), @"(,|=>|\?\?=|[?:]|\w)\n\s+(?![{}\[/])", "$1 ");

    /// <summary>Whether the test's own source, and not what was generated, lacks a comment.</summary>
    private static bool IsMissingComment(Diagnostic diagnostic) =>
        diagnostic.Id == "CS1591" && diagnostic.Location.SourceTree!.FilePath.StartsWith("Source", StringComparison.Ordinal);
}
