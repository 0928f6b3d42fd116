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

    /// <summary>Neither declarations nor code with calls of transforms are bound again for an edit in a body without any.</summary>
    [Theory]
    [InlineData("x.CompareTo(3)", "x.CompareTo(4)")]
    [InlineData("int a = 1;", "int a = 1; /* more */")]
    [InlineData("return a;", "return a + a;")]
    [InlineData("new System.Collections.Generic.List<int>()", "new System.Collections.Generic.List<int>(3)")]
    public void NothingIsBoundForAnUnrelatedBody(string before, string after)
    {
        const string Unrelated = """
            public class Unrelated
            {
                public int A(int x) => x.CompareTo(3);
                public int B() { int a = 1; return a; }
                public object C() => new System.Collections.Generic.List<int>();
            }
            """;
        var compilation = TestCompilation.Of(Source, Unrelated);
        var driver = TestCompilation.Driver(trackSteps: true).RunGenerators(compilation);
        var result = driver.RunGenerators(Edit(compilation, Unrelated.Replace(before, after), file: 1)).GetRunResult();
        var reasons = Reasons(result, ProjectState.ParseStep).Concat(Reasons(result, CodeState.BindStep)).ToArray();
        Assert.True(reasons.Length >= 7, $"{reasons.Length} steps");
        Assert.All(reasons, reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
    }

    /// <summary>Of all code with calls, only what was edited is bound again.</summary>
    [Fact]
    public void OnlyTheEditedBodyIsBound()
    {
        const string Calls = """
            public class Calls
            {
                public object A() => Brachy.Jit.Compile<(Brachy.Tensor, int), Brachy.Tensor>(p => p.Item1);
                public object B() => Brachy.Jit.Compile<(int, Brachy.Tensor), Brachy.Tensor>(p => p.Item2);
            }
            """;
        var compilation = TestCompilation.Of(Source, Calls);
        var driver = TestCompilation.Driver(trackSteps: true).RunGenerators(compilation);
        var edited = Calls.Replace("p => p.Item1", "p => -p.Item1");
        var result = driver.RunGenerators(Edit(compilation, edited, file: 1)).GetRunResult();
        Assert.All(Reasons(result, ProjectState.ParseStep), reason => Assert.Equal(IncrementalStepRunReason.Cached, reason));
        var bound = result.Results.Where(r => r.TrackedSteps.ContainsKey(CodeState.BindStep)).ToArray();
        Assert.NotEmpty(bound);
        Assert.All(bound, generator => Assert.Single(
            generator.TrackedSteps[CodeState.BindStep].SelectMany(run => run.Outputs),
            output => output.Reason != IncrementalStepRunReason.Cached));
    }

    /// <summary>A step without an aux value has no type argument, which its form says: it is not bound at all.</summary>
    [Theory]
    [InlineData("m => (m, x)", 0)]
    [InlineData("m => { (m, var y) = (m, x); return (m, y); }", 0)]
    [InlineData("m => { if (x is null) { return (m, x); } return (m, -x); }", 0)]
    [InlineData("m => (m, x, (x, 1))", 1)]
    [InlineData("m => { System.Func<object> f = () => { return (1, 2); }; return (m, x, (x, f)); }", 1)]
    [InlineData("Loss", 1)]
    public void StepsOfPairsAreNotBound(string loss, int bound)
    {
        var compilation = TestCompilation.Of(Source, $$"""
            using Brachy;
            class Use
            {
                static (StructureTree, Tensor, (Tensor, int)) Loss(StructureTree m) => default;
                object Step(StructureTree o, GlobalConfig c, StructureTree m, Tensor x) => Brachy.Optim.Optimizer.Step(o, c, m, {{loss}});
            }
            """);
        var result = TestCompilation.Driver(trackSteps: true).RunGenerators(compilation).GetRunResult();
        Assert.Equal(2 * (1 + bound), Reasons(result, CodeState.BindStep).Count());
        Assert.Equal(bound == 1, result.GeneratedTrees.Any(tree => tree.FilePath.EndsWith("TreeRegistration.g.cs", StringComparison.Ordinal)
            && tree.ToString().Contains("Static<", StringComparison.Ordinal)));
    }

    /// <summary>Every generic step of the runtime asks for results of more than two parts: what the test above depends on.</summary>
    [Fact]
    public void GenericStepsTakeTriples() => Assert.All(
        typeof(Tensor).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method is { Name: "Step", IsGenericMethodDefinition: true }),
        method => Assert.Equal(typeof(ValueTuple<,,>), method.GetParameters()[^1].ParameterType.GetGenericArguments()[^1]
            .GetGenericTypeDefinition()));

    /// <summary>What is written for a declaration follows every declaration that it depends on, and its attributes by any name.</summary>
    [Theory]
    [InlineData(
        "public class Part { }", "[Brachy.Module] public partial class Part { public Brachy.Tensor Forward(Brachy.Tensor x) => x; }")]
    [InlineData("public class Part { }", "#nullable disable\npublic class Part { void F() {\n#nullable enable\n } }")]
    [InlineData("public class Part { }", "public class Part { public const int One = 1; }")]
    public void ADeclarationElsewhereIsSeen(string before, string after)
    {
        var compilation = TestCompilation.Of(Source, before);
        var driver = TestCompilation.Driver(trackSteps: true).RunGenerators(compilation);
        var result = driver.RunGenerators(Edit(compilation, after, file: 1)).GetRunResult();
        Assert.All(Reasons(result, ProjectState.ParseStep), reason => Assert.NotEqual(IncrementalStepRunReason.Cached, reason));
    }

    [Fact]
    public void AnotherTree() => Unaffected(
        compilation => Edit(compilation, Source + "[Tree] public partial record Other(Tensor A);"),
        ModuleGenerator.Step, JitGenerator.Step);

    /// <summary>What a property stores is told from its accessors, which 'field' in a body decides.</summary>
    [Theory]
    [InlineData("public int B => 1;", "public int B => field;")]
    [InlineData("public int B { get { return 1; } set { } }", "public int B { get { return field; } set { } }")]
    public void AnAccessorThatStoresIsSeen(string accessor, string edited)
    {
        string Of(string property) => $"using Brachy; public struct Held {{ public int[] A; {property} }} "
            + "[Module] public partial class M { [Static] public partial Held H { get; set; } public Tensor Forward(Tensor x) => x; }";
        string[] Files(GeneratorDriver driver) => [.. driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString())];
        var before = TestCompilation.Of(Of(accessor));
        var after = Edit(before, Of(edited));
        var fresh = Files(TestCompilation.Driver().RunGenerators(after));
        Assert.NotEqual(Files(TestCompilation.Driver().RunGenerators(before)), fresh);
        Assert.Equal(fresh, Files(TestCompilation.Driver().RunGenerators(before).RunGenerators(after)));
    }

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

    private static CSharpCompilation Edit(CSharpCompilation compilation, string source, int file = 0)
    {
        var tree = compilation.SyntaxTrees[file];
        return compilation.ReplaceSyntaxTree(
            tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(source, System.Text.Encoding.UTF8)));
    }
}
