using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators.Tests;

/// <summary>Which calls are led to the compiled method, and that what is written for them compiles.</summary>
public class InterceptorTests
{
    private const string Steps = """
        using Brachy;
        public static partial class Steps
        {
            [Jit(Intercept = true)] public static Tensor Step(Tensor x, int k = 3) => x;
            [Jit] public static Tensor Other(Tensor x) => x;
            public static Tensor Step(string x) => F.ones([1]);
            public static Tensor Run(Tensor x, string k) => x;
            [Jit(Intercept = true)] public static Tensor Run(Tensor x, int k) => x;
        }
        """;

    [Theory]
    [InlineData("Tensor A(Tensor x) => Steps.Step(x);", 1)]
    [InlineData("Tensor A(Tensor x) => Steps.Step(Steps.Step(x), k: 1);", 2)]
    [InlineData("Tensor A(Tensor x) => Steps.Run(new Layer().Call(x), 1);", 1)]
    [InlineData("Tensor A(Tensor x) => Steps.Run(k: 1, x: new Layer().Call(x));", 1)]
    [InlineData("Tensor A(Tensor x) => Steps.Run(new Layer().Call(x), \"1\");", 0)]
    [InlineData("System.Func<Tensor, int, Tensor> A() => Steps.Step;", 0)]
    [InlineData("Tensor A(Tensor x) => Steps.Other(x);", 0)]
    [InlineData("Tensor A(Tensor x) => Steps.Step(\"a\");", 0)]
    [InlineData("Tensor A(Tensor x) => Steps.StepJit(x);", 0)]
    [InlineData("Tensor A(Tensor x) => Mine.Step(x);", 0)]
    public void Calls(string call, int intercepted)
    {
        var result = TestCompilation.GenerateClean(Steps, $$"""
            using Brachy;
            [Module] public partial class Layer { public Tensor Forward(Tensor x) => x; }
            static class Mine { public static Tensor Step(Tensor x) => x; }
            class Use { {{call}} }
            """);
        var file = result.GeneratedTrees.SingleOrDefault(t => t.FilePath.EndsWith("Interceptors.g.cs", StringComparison.Ordinal));
        Assert.Equal(intercepted, (file?.ToString() ?? "").Split("[global::System.Runtime.CompilerServices.InterceptsLocation").Length - 1);
    }

    /// <summary>An edit elsewhere writes nothing anew; one in a file with calls does, since calls are known by their place.</summary>
    [Fact]
    public void OnlyFilesWithCallsMatter()
    {
        var compilation = TestCompilation.Of(
            Steps, "class Use { object A(Brachy.Tensor x) => Steps.Step(x); }", "class Plain { int A() => 1; }");
        var driver = TestCompilation.Driver(trackSteps: true).RunGenerators(compilation);
        Assert.Equal(IncrementalStepRunReason.Unchanged, Reason(2, "class Plain { int A() => 2; }"));
        Assert.Equal(IncrementalStepRunReason.Modified, Reason(1, "class Use { object A(Brachy.Tensor x) => Steps.Step(x, 4); }"));

        IncrementalStepRunReason Reason(int file, string text)
        {
            var tree = compilation.SyntaxTrees[file];
            var edited = compilation.ReplaceSyntaxTree(
                tree, CSharpSyntaxTree.ParseText(text, TestCompilation.ParseOptions, tree.FilePath, System.Text.Encoding.UTF8));
            return driver.RunGenerators(edited).GetRunResult().Results.SelectMany(r => r.TrackedSteps)
                .Single(s => s.Key == InterceptorGenerator.Step).Value.Single().Outputs.Single().Reason;
        }
    }
}
