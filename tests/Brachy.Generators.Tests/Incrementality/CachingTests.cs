using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators.Tests;

/// <summary>Edits that do not concern a declaration do not run its generator's later steps again.</summary>
[Trait("Category", "Quick")]
public class CachingTests
{
    private const string Source = """
        using System;
        using Brachy;

        [Module]
        public partial class Layer
        {
            [Param] public partial Tensor Weight { get; set; }
            [Config("a", Default = 1)] public partial int A { get; }
            public Tensor Forward(Tensor x, Tensor y) => x;
        }

        [Tree] public partial record Pair(Tensor A, (Tensor, int) B);

        public static partial class Steps
        {
            [Jit] public static Pair Step([Donate] Pair pair, Tensor[] x, int k = 3) => pair;
            public static object Compiled = Brachy.Jit.Compile<(Tensor, Tensor), Tensor>(p => p.Item1);
        }
        """;

    private static readonly string[] s_steps =
    [
        ModuleGenerator.Step, TreeGenerator.Step, JitGenerator.Step, RegistrationGenerator.Step, ContentGenerator.Step,
        CheckpointRegistrationGenerator.Step
    ];

    [Fact]
    public void AnotherFile() => Unaffected(compilation => compilation.AddSyntaxTrees(
        CSharpSyntaxTree.ParseText("public class Unrelated { public int A(int x) => x.CompareTo(3); }", TestCompilation.ParseOptions)));

    [Fact]
    public void AComment() => Unaffected(compilation => Edit(compilation, "// comment\n" + Source));

    [Fact]
    public void AMethodBody() => Unaffected(compilation => Edit(compilation, Source.Replace("=> x;", "=> y;")));

    [Fact]
    public void AnotherTree() => Unaffected(
        compilation => Edit(compilation, Source + "[Tree] public partial record Other(Tensor A);"),
        ModuleGenerator.Step, JitGenerator.Step);

    [Fact]
    public void AnAffectedDeclarationIsGeneratedAnew()
    {
        var before = TestCompilation.Of(Source);
        var driver = TestCompilation.Driver(trackSteps: true).RunGenerators(before);
        var result = driver.RunGenerators(Edit(before, Source.Replace("Weight", "Kernel"))).GetRunResult();
        Assert.Equal([IncrementalStepRunReason.Modified], Reasons(result, ModuleGenerator.Step));
        Assert.Equal([IncrementalStepRunReason.Unchanged], Reasons(result, TreeGenerator.Step));
    }

    private static void Unaffected(Func<CSharpCompilation, CSharpCompilation> edit, params string[] steps)
    {
        var before = TestCompilation.Of(Source);
        var driver = TestCompilation.Driver(trackSteps: true).RunGenerators(before);
        var result = driver.RunGenerators(edit(before)).GetRunResult();
        foreach (var step in steps.Length > 0 ? steps : s_steps)
        {
            var reasons = Reasons(result, step);
            Assert.NotEmpty(reasons);
            Assert.All(reasons, reason =>
                Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{step}: {reason}"));
        }

        var outputs = result.Results
            .Where(r => steps.Length == 0 || steps.Any(r.TrackedSteps.ContainsKey))
            .SelectMany(r => r.TrackedOutputSteps.Values)
            .SelectMany(runs => runs)
            .SelectMany(run => run.Outputs);
        Assert.All(outputs, output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    private static IEnumerable<IncrementalStepRunReason> Reasons(GeneratorDriverRunResult result, string step) =>
        result.Results.Where(r => r.TrackedSteps.ContainsKey(step)).SelectMany(r => r.TrackedSteps[step]).SelectMany(run => run.Outputs)
            .Select(o => o.Reason);

    private static CSharpCompilation Edit(CSharpCompilation compilation, string source)
    {
        var tree = compilation.SyntaxTrees[0];
        return compilation.ReplaceSyntaxTree(
            tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(source, System.Text.Encoding.UTF8)));
    }
}
