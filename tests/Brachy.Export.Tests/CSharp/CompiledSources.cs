using System.Reflection;
using System.Runtime.Loader;
using Brachy.Inference;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Tests.CSharpSources;

/// <summary>Sources that are compiled with nothing but the framework and Brachy.Inference, and without a warning.</summary>
internal sealed class CompiledSources
{
    // The oldest language that takes them.
    private static readonly CSharpParseOptions s_language = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name == "Brachy.Inference.dll"
                || name.StartsWith("System.", StringComparison.Ordinal) || name == "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly Assembly _assembly;

    public CompiledSources(params IEnumerable<string> sources)
    {
        var compilation = CSharpCompilation.Create(
            $"Written{Guid.NewGuid():N}", sources.Select(source => CSharpSyntaxTree.ParseText(source, s_language)), s_references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, warningLevel: 9999,
                optimizationLevel: OptimizationLevel.Release));
        using var code = new MemoryStream();
        var result = compilation.Emit(code);
        Assert.Empty(result.Diagnostics.Where(diagnostic => diagnostic.Severity > DiagnosticSeverity.Hidden));
        code.Position = 0;
        _assembly = new AssemblyLoadContext(null, isCollectible: true).LoadFromStream(code);
    }

    /// <summary>What the Load of a class gives.</summary>
    /// <param name="name">The name of the class.</param>
    /// <param name="arguments">A path or a stream of the weights, where they lie beside the source.</param>
    public FrozenModel Load(string name, params object[] arguments)
    {
        var load = _assembly.GetType(name, throwOnError: true)!.GetMethod(
            "Load", [.. arguments.Select(argument => argument is string ? typeof(string) : typeof(Stream)), typeof(FrozenOptions)])!;
        return (FrozenModel)load.Invoke(
            null, BindingFlags.DoNotWrapExceptions, null, [.. arguments, new FrozenOptions { Threads = 2 }], null)!;
    }
}
