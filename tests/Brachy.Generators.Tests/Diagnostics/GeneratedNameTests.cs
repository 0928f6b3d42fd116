namespace Brachy.Generators.Tests;

/// <summary>
/// Names that generated code declares: where a user's declaration has one, a diagnostic says so; where there is another name to take, the
/// generator takes it. Cases C13, C14, C20, C21 and C22.
/// </summary>
public class GeneratedNameTests
{
    private const string Forward = "public Tensor Forward(Tensor x) => x;";

    [Theory]
    [InlineData("[Module] public partial class A { public int {0} => 1; F }", "Apply")]
    [InlineData("[Module] public partial class A { public int {0} => 1; F }", "Bind")]
    [InlineData("[Module] public partial class A { public static int {0}; F }", "JitApply")]
    [InlineData("[Module] public partial class A { public class {0}; F }", "ApplyFunction")]
    [InlineData("[Module] public partial class A { public event System.Action? {0} { add { } remove { } } F }", "DefaultApply")]
    [InlineData("[Module] public partial class A { public int {0}() => 1; F }", "JitApplyFunction")]
    [InlineData("[Module] public partial class A { public int {0}(Tensor y) => 1; F }", "Call")]
    [InlineData("[Module] public partial class A { public int {0} => 1; public Tensor Forward(Tensor x, Tensor y) => x; }", "Call")]
    [InlineData("[Module] public partial class A { public int {0}(StructureTree t, GlobalConfig c, Tensor y) => 1; F }", "Apply")]
    [InlineData("[Module] public partial class A { public A {0}(StructureTree t, GlobalConfig c) => this; F }", "Bind")]
    [InlineData(
        "[Module] public partial class A { public int {0} => 1; [Config(\"k\", Default = 1)] public partial int K { get; } F }",
        "DefaultConfig")]
    [InlineData("[Module] public partial class A { internal {0}(ModuleBinding binding) : base(binding) { } F }", "A")]
    [InlineData("[Module] public partial class A<{0}> { F }", "Apply")]
    [InlineData("[Module] public partial class {0} { F }", "Apply")]
    [InlineData("[Module] public partial class {0} { F }", "JitApplyFunction")]
    [InlineData("[Module] public partial class {0} { public Tensor Forward(Tensor x, Tensor y) => x; }", "Call")]
    [InlineData("[Module] public abstract partial class B { public int Apply => 1; } [Module] public partial class {0} : B { F }", "A")]
    [InlineData("[Tree] public partial record {0}(Tensor A);", "TreeHandler")]
    [InlineData("[Tree] public partial record Pair(Tensor A) { public static int {0} => 1; }", "TreeHandler")]
    [InlineData(
        "public static partial class C { [Jit] public static Tensor S(Tensor x) => x; public static int {0}(Tensor y) => 1; }", "SJit")]
    [InlineData(
        "public static partial class C { [Jit] public static Tensor S(Tensor x) => x; public static int {0} => 1; }", "SJitFunction")]
    [InlineData("public static partial class {0} { [Jit] public static Tensor S(Tensor x) => x; }", "SJit")]
    public async Task AreReported(string source, string name)
    {
        var text = "#nullable enable\nusing Brachy;\n"
            + source.Replace("{0}", name, StringComparison.Ordinal).Replace("F }", Forward + " }", StringComparison.Ordinal);
        var reported = await BuildCheck.Report(text);
        var fault = Assert.Single(reported, d => d.Id == "BRACHY043");
        Assert.Equal("Source0.cs", fault.Location.GetLineSpan().Path);
        Assert.Equal(name, text.Substring(fault.Location.SourceSpan.Start, fault.Location.SourceSpan.Length));
        Assert.DoesNotContain(reported, d => d.Id.StartsWith("BRACHY", StringComparison.Ordinal) && d.Id != "BRACHY043");
        Assert.DoesNotContain(reported, d => d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task TheMessageSaysWhoseTheNameIs()
    {
        var reported = await BuildCheck.Report($"using Brachy; [Module] public partial class A {{ public int Apply => 1; {Forward} }}");
        Assert.Equal(
            "The generator writes 'Apply' for 'A', but 'A' declares it too; give yours another name",
            Assert.Single(reported).GetMessage());
    }

    [Theory]
    [InlineData("[Module] public partial class A { public int Apply(int k) => k; public Tensor Call(Tensor x, Tensor y) => x; F }")]
    [InlineData("[Module] public partial class A { public T Bind<T>(StructureTree t, GlobalConfig c) where T : class => null!; F }")]
    [InlineData("[Module] public partial class A { public class Generated; public int _generated; F }")]
    [InlineData("[Module] public partial class A { public Tensor Forward(Tensor Generated, Tensor tree, Tensor config) => tree; }")]
    [InlineData("[Module] public partial class Generated { F }")]
    [InlineData("[Module] public partial class Call { public Tensor Forward(Tensor input) => input; }")]
    [InlineData("[Module] public abstract partial class Apply { public abstract Tensor Forward(Tensor x); }")]
    [InlineData("[Tree] public partial record Pair(Tensor A) { public class GeneratedHandler; }")]
    [InlineData("[Tree] public partial record GeneratedHandler(Tensor Flatten, Tensor Instance);")]
    [InlineData("public static partial class C { [Jit] public static Tensor S(Tensor SJitArguments, Tensor SJitCache) => SJitCache; }")]
    [InlineData("public static partial class C { [Jit] public static Tensor S(Tensor x) => x; class SJitCache; class SJitHandler; }")]
    [InlineData(
        "public static partial class C { [Jit] public static Tensor S(Tensor GetHashCode, int Equals, int ToString) => GetHashCode; }")]
    [InlineData("public static partial class C { [Jit] public static Tensor Function(Tensor x) => x; }")]
    [InlineData("public static partial class C { [Jit] public static Tensor S(Tensor x) => x; public static int SJit() => 1; }")]
    [InlineData("public static partial class C { [Jit] public static Tensor S(Tensor x) => x; "
        + "[Jit] public static Tensor SJit(Tensor x, Tensor y) => x; }")]
    [InlineData("public partial class B { [Jit] public static Tensor S(Tensor x) => x; } "
        + "public partial class C : B { [Jit] public static new Tensor S(Tensor x) => x; }")]
    [InlineData("public partial class B { [Jit] public static Tensor S(Tensor x) => x; } "
        + "public partial class C : B { [Jit] public static Tensor S(Tensor x, Tensor y) => x; }")]
    [InlineData("[Module] public abstract partial class B { F } [Module] public partial class C : B { }")]
    [InlineData("public unsafe struct Pointers { public int*[]? A; } [Module] public partial class C { F }")]
    public void OthersCompile(string source) => TestCompilation.GenerateClean(
        TestCompilation.Of("#nullable enable\nusing Brachy;\n#pragma warning disable CS8618, CS0649, CS0169, CS0414, CS8981\n"
            + source.Replace("F }", Forward + " }", StringComparison.Ordinal)).WithOptions(
            new Microsoft.CodeAnalysis.CSharp.CSharpCompilationOptions(
                Microsoft.CodeAnalysis.OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
                nullableContextOptions: Microsoft.CodeAnalysis.NullableContextOptions.Enable)),
        out _);

    [Theory]
    [InlineData("[Module] public partial struct {|BRACHY017:A|} { F }")]
    [InlineData("[Module] public partial interface {|BRACHY017:A|} { }")]
    [InlineData("public class B : Module<Tensor, Tensor> { F } [Module] public partial class {|BRACHY013:A|} : B { }")]
    [InlineData("public unsafe static partial class C { [Jit] public static Tensor S(Tensor x, int*[] {|BRACHY022:p|}) => x; }")]
    public Task WhatCannotBe(string source) => source.Contains("Jit", StringComparison.Ordinal)
        ? AnalyzerCheck.Reports<JitAnalyzer>("using Brachy;\n" + source)
        : ReportedByTheGenerator(source);

    private static Task ReportedByTheGenerator(string source)
    {
        var start = source.IndexOf("{|", StringComparison.Ordinal);
        var id = source.Substring(start + 2, 9);
        var plain = source.Replace($"{{|{id}:A|}}", "A", StringComparison.Ordinal).Replace("F }", Forward + " }", StringComparison.Ordinal);
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(
            TestCompilation.Of("using Brachy;\n" + plain), out var compilation, out var generated);
        var fault = Assert.Single(generated);
        var place = ("using Brachy;\n" + plain).Substring(fault.Location.SourceSpan.Start, fault.Location.SourceSpan.Length);
        Assert.Equal((id, "A"), (fault.Id, place));
        Assert.DoesNotContain(
            compilation.GetDiagnostics(), d => d.Location.SourceTree?.FilePath.EndsWith("A.g.cs", StringComparison.Ordinal) == true);
        return Task.CompletedTask;
    }
}
