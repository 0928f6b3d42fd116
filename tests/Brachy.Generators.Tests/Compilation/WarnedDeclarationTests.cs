namespace Brachy.Generators.Tests;

/// <summary>
/// Case C19: declarations that their authors warn of. Generated code repeats no warning; counterparts warn as the originals do.
/// </summary>
public class WarnedDeclarationTests
{
    private static readonly string[] s_marks =
    [
        "[System.Obsolete]", "[System.Obsolete(\"gone\")]", "[System.Obsolete(\"gone\", true)]",
        "[System.Obsolete(\"gone\", DiagnosticId = \"OLD1\", UrlFormat = \"https://x/{0}\")]",
        "[System.Diagnostics.CodeAnalysis.Experimental(\"EXP1\")]",
    ];

    private static readonly string[] s_sources =
    [
        "[Module] public partial class A { MARK public Tensor Forward(Tensor x, Tensor y) => x; }",
        "[Module] public partial class A { MARK public Tensor Forward(Tensor input) => input; }",
        "public static partial class C { MARK [Jit] public static Tensor S(Tensor x) => x; }",
        "MARK [Tree] public partial record Pair(Tensor A);",
        "MARK [Module] public partial class A { public Tensor Forward(Tensor x) => x; }",
        "[Tree] public partial record Pair(Tensor A) { MARK public Tensor B { get; set; } = A; }",
    ];

    public static TheoryData<string> Sources =>
        [.. s_marks.SelectMany(mark => s_sources.Select(source => source.Replace("MARK", mark, StringComparison.Ordinal)))
            // Nobody can use a member that is an error to use: neither can a handler.
            .Where(source => !source.Contains("true)] public Tensor B", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Sources))]
    public void GeneratedCodeIsClean(string source) =>
        TestCompilation.GenerateClean("#nullable enable\nusing Brachy;\n" + source);

    /// <summary>What the user's own mention is allowed by a pragma, the generated one is too.</summary>
    [Theory]
    [InlineData("[System.Obsolete] [Module] public partial class Old { public Tensor Forward(Tensor x) => x; }", "CS0612")]
    [InlineData(
        "[System.Diagnostics.CodeAnalysis.Experimental(\"EXP1\")] [Module] public partial class Old { public Tensor Forward(Tensor x) "
            + "=> x; }", "EXP1")]
    public void AMentionThatIsAllowed(string declaration, string id) => TestCompilation.GenerateClean($$"""
        #nullable enable
        using Brachy;
        {{declaration}}
        #pragma warning disable {{id}}
        [Module] public partial class A { public partial Old? Inner { get; set; } public Tensor Forward(Tensor x) => x; }
        """);

    [Fact]
    public void AnObsoleteConstantIsADefault() => TestCompilation.GenerateClean("""
        #nullable enable
        using Brachy;
        public enum Mode { [System.Obsolete("gone")] Old, New }
        #pragma warning disable CS0618
        [Module] public partial class A
        {
            [Config("mode", Default = Mode.Old)] public partial Mode Mode { get; }
            public Tensor Forward(Tensor x, Mode mode = Mode.Old) => x;
        }
        """);

    [Theory]
    [InlineData("layer.Call(x, x)")]
    [InlineData("Layer.Apply(layer.Tree, layer.Config, x, x)")]
    [InlineData("Layer.JitApply(layer.Tree, layer.Config, x, x)")]
    [InlineData("Layer.SJit(x)")]
    public void CounterpartsWarn(string use)
    {
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(TestCompilation.Of($$"""
            #nullable enable
            using Brachy;
            [Module] public partial class Layer
            {
                [System.Obsolete("gone")] public Tensor Forward(Tensor x, Tensor y) => x;
                [Jit, System.Obsolete("gone")] public static Tensor S(Tensor x) => x;
            }
            public static class Use { public static object Of(Layer layer, Tensor x) => {{use}}; }
            """), out var compilation, out _);
        var warning = Assert.Single(compilation.GetDiagnostics(), d => d.Id == "CS0618");
        Assert.Contains("gone", warning.GetMessage(), StringComparison.Ordinal);
        Assert.Equal("Source0.cs", warning.Location.SourceTree!.FilePath);
    }
}
