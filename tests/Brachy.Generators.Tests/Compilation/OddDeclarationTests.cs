using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>No declaration keeps the generator from writing what the others need.</summary>
public class OddDeclarationTests
{
    private const string Good = "[Brachy.Module] public partial class Good { public Brachy.Tensor Forward(Brachy.Tensor x) => x; }\n";

    /// <summary>Names of files do not tell capital letters from small ones.</summary>
    [Theory]
    [InlineData("[Module] public partial class Encoder { F } [Module] public partial class encoder { F }")]
    [InlineData("namespace Abc.L { [Module] public partial class A { F } } namespace ABC.L { [Module] public partial class A { F } }")]
    [InlineData("[Tree] public partial record Pair(Tensor A); [Tree] public partial record PAIR(Tensor A);")]
    [InlineData("public static partial class C { [Jit] public static Tensor Step(Tensor x) => x; [Jit] public static Tensor step(Tensor x) "
        + "=> x; }")]
    [InlineData("public static partial class C { [Jit] public static Tensor S(Tensor x) => x; } "
        + "public static partial class c { [Jit] public static Tensor S(Tensor x) => x; }")]
    [InlineData("public static partial class C { [Module] public partial class A { F } [Module] public partial class a { F } }")]
    [InlineData(
        "[Module] public partial class Größe { F } [Module] public partial class GRÖSSE { F } [Module] public partial class größe { F }")]
    public void NamesThatDifferByCase(string source)
    {
        var result = TestCompilation.GenerateClean(Usings(source.Replace("F }", "public Tensor Forward(Tensor x) => x; }")));
        Assert.All(result.Results, r => Assert.Null(r.Exception));
        Assert.True(result.GeneratedTrees.Length >= 2);
    }

    [Theory]
    [InlineData("[Module] file partial class A { F }", "A")]
    [InlineData("file partial class Outer { [Module] public partial class A { F } }", "A")]
    [InlineData("[Module] file partial class A { [Param] public partial Tensor W { get; set; } F }", "A")]
    [InlineData("[Tree] file partial record R(Tensor A);", "R")]
    [InlineData("static file partial class C { [Jit] public static Tensor Step(Tensor x) => x; }", "Step")]
    public void WhatIsSeenInItsFileOnly(string source, string name)
    {
        var (diagnostics, files) = Generate(Good + source.Replace("F }", "public Tensor Forward(Tensor x) => x; }"));
        Assert.Contains(diagnostics, d => d.Id == "BRACHY041" && Text(d) == name);
        Assert.DoesNotContain(diagnostics, d => d.Id == "CS8785");
        Assert.Contains("Good.g.cs", files);
    }

    /// <summary>The compiler says that the attribute stands twice; nothing else is wrong.</summary>
    [Theory]
    [InlineData("[Module] public partial class A { F } [Module] public partial class A { }")]
    [InlineData("[Tree] public partial record A(Tensor B); [Tree] public partial record A { }")]
    public void AnAttributeOnEachPart(string source)
    {
        var (diagnostics, files) = Generate(Good + source.Replace("F }", "public Tensor Forward(Tensor x) => x; }"));
        Assert.Equal(["CS0579"], diagnostics.Select(d => d.Id).Distinct());
        Assert.Contains("A.g.cs", files);
    }

    /// <summary>A failure is reported at its declaration, on the line where it is now, and the others are written.</summary>
    [Theory]
    [InlineData("[Module] public partial class Bad { public Tensor Forward(Tensor x) => x; }", "Bad")]
    [InlineData("[Tree] public partial record Bad(Tensor A);", "Bad")]
    [InlineData("public static partial class C { [Jit] public static Tensor Bad(Tensor x) => x; }", "Bad")]
    [InlineData("public record Bad(int[] A);", "Bad")]
    public void AFailureAtOneDeclaration(string source, string name)
    {
        ProjectParser.Probe = symbol => _ = symbol.Name == "Bad" ? throw new InvalidOperationException("odd") : 0;
        try
        {
            var (diagnostics, files) = Generate(Good + source);
            var failure = Assert.Single(diagnostics, d => d.Id == "BRACHY042");
            Assert.Equal(name, Text(failure));
            Assert.Contains("InvalidOperationException: odd", failure.GetMessage(), StringComparison.Ordinal);
            Assert.Contains("Good.g.cs", files);

            var later = Generate("// one line more\n" + Good + source).Diagnostics.Single(d => d.Id == "BRACHY042");
            Assert.Equal(failure.Location.GetLineSpan().StartLinePosition.Line + 1, later.Location.GetLineSpan().StartLinePosition.Line);
        }
        finally
        {
            ProjectParser.Probe = null;
        }
    }

    /// <summary>An attribute may be written in each way that C# has.</summary>
    [Theory]
    [InlineData("[ModuleAttribute]", "")]
    [InlineData("[Brachy.Module]", "")]
    [InlineData("[global::Brachy.ModuleAttribute]", "")]
    [InlineData("[M]", "using M = Brachy.ModuleAttribute;")]
    [InlineData("[B::Module]", "using B = Brachy;")]
    [InlineData("[System.Obsolete, Module]", "")]
    [InlineData("[Elsewhere]", "")]
    public void AttributesByAnyName(string attribute, string usings)
    {
        var source = $"{usings}\n{Usings(attribute + " public partial class A { public Tensor Forward(Tensor x) => x; }")}";
        var other = "global using Elsewhere = Brachy.ModuleAttribute;";
        var driver = TestCompilation.Driver().RunGenerators(TestCompilation.Of(source, other));
        Assert.Contains(driver.GetRunResult().GeneratedTrees, tree => Path.GetFileName(tree.FilePath) == "A.g.cs");
    }

    private static (Diagnostic[] Diagnostics, string[] Files) Generate(string source)
    {
        var driver = TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(
            TestCompilation.Of(Usings(source)), out var compilation, out var diagnostics);
        return (
            [.. diagnostics, .. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)],
            [.. driver.GetRunResult().GeneratedTrees.Select(tree => Path.GetFileName(tree.FilePath))]);
    }

    private static string Usings(string source) => "using Brachy;\n" + source;

    private static string Text(Diagnostic diagnostic) =>
        diagnostic.Location.SourceTree is { } tree
            ? tree.GetText().ToString(diagnostic.Location.SourceSpan)
            : diagnostic.GetMessage().Split('\'')[1];
}
