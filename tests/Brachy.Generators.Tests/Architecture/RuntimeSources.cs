using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators.Tests;

/// <summary>The runtime's own sources, compiled with what its generator writes for them.</summary>
internal static class RuntimeSources
{
    private static readonly Lazy<CSharpCompilation> s_compilation = new(Compile);

    /// <summary>The folder of the sources.</summary>
    public static string Root { get; } = FindRoot();

    public static CSharpCompilation Compilation => s_compilation.Value;

    /// <summary>The path of a file below the folder of the sources, with forward slashes; null for generated files.</summary>
    public static string? PathOf(SyntaxTree tree) =>
        tree.FilePath.StartsWith(Root, StringComparison.Ordinal) ? Path.GetRelativePath(Root, tree.FilePath).Replace('\\', '/') : null;

    private static CSharpCompilation Compile()
    {
        const string Usings = """
            global using System;
            global using System.Collections.Generic;
            global using System.IO;
            global using System.Linq;
            global using System.Net.Http;
            global using System.Threading;
            global using System.Threading.Tasks;
            """;
        var files = Directory.EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).StartsWith("obj", StringComparison.Ordinal)
                && !Path.GetRelativePath(Root, file).StartsWith("bin", StringComparison.Ordinal))
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), TestCompilation.ParseOptions, file))
            .Append(CSharpSyntaxTree.ParseText(Usings, TestCompilation.ParseOptions, "Usings.cs"));
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is not ("Brachy.Runtime.dll" or "Brachy.Generators.dll"))
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Brachy.Runtime",
            files,
            framework,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(compilation, out var generated, out _);
        return (CSharpCompilation)generated;
    }

    private static string FindRoot([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "src", "Brachy.Runtime"));
}
