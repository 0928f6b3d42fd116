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

    /// <summary>Calls of every kind of method, from every kind of place; what is written for them compiles.</summary>
    [Theory]
    [InlineData("Tensor A(Tensor x) => x.Classic(x);", 1)]
    [InlineData("Tensor A(Tensor x) => More.Classic(x, y: x);", 1)]
    [InlineData("Tensor? A(Tensor? x) => x?.Classic(x);", 1)]
    [InlineData("Tensor A(Tensor x) => x.Twice(x);", 1)]
    [InlineData("Tensor A(Tensor x) => More.Twice(x, x);", 1)]
    [InlineData("Tensor? A(Tensor? x) => x?.Twice(x);", 1)]
    [InlineData("Tensor A(Tensor x) => Tensor.Ones(2, like: x);", 1)]
    [InlineData("Tensor A(Tensor x) => More.Ones(2, x);", 1)]
    [InlineData("Tensor A(Tensor x) => Generic<int>.Step(x, 3) + Generic<string>.Step(x, \"a\");", 2)]
    [InlineData("Tensor A<T>(Tensor x, T y) => Generic<T>.Inner.Deep(x);", 1)]
    [InlineData("Tensor A(Tensor x) => Outer.Nested.Step(x);", 1)]
    [InlineData("System.Func<Tensor, Tensor> A() => x => x.Classic(x);", 1)]
    [InlineData("System.Func<Tensor, Tensor> A() => delegate (Tensor x) { return x.Twice(x); };", 1)]
    [InlineData("Tensor A(Tensor x) { return Local(x); Tensor Local(Tensor y) => Steps.Step(y) + y.Twice(y); }", 2)]
    [InlineData("Tensor Field = Steps.Step(F.ones([1]));", 1)]
    [InlineData("Tensor A(Tensor x, Tensor y = null!) => Parts.Step(x);", 1)]
    [InlineData("Tensor A(Tensor x) => Parts.Step(x, other: x);", 1)]
    public void KindsOfCalls(string call, int intercepted) => Assert.Equal(intercepted, Intercepted(call));

    /// <summary>An expression tree says what was written: whoever reads it looks for that method.</summary>
    [Theory]
    [InlineData("System.Linq.Expressions.Expression<System.Func<Tensor, Tensor>> A() => x => More.Classic(x, x);")]
    [InlineData("void A() => Take(x => More.Classic(x, x)); "
        + "void Take(System.Linq.Expressions.Expression<System.Func<Tensor, Tensor>> f) { }")]
    [InlineData("System.Linq.IQueryable<Tensor> A(System.Linq.IQueryable<Tensor> all) => "
        + "System.Linq.Queryable.Select(all, x => More.Classic(x, x));")]
    public void ExpressionTreesAreLeftAlone(string call) => Assert.Equal(0, Intercepted(call));

    private static int Intercepted(string call)
    {
        var result = TestCompilation.GenerateClean(Steps, $$"""
            using Brachy;
            public static partial class More
            {
                [Jit(Intercept = true)] public static Tensor Classic(this Tensor x, Tensor y) => x + y;
                extension(Tensor x)
                {
                    [Jit(Intercept = true)] public Tensor Twice(Tensor y) => (x * 2) + y;
                    [Jit(Intercept = true)] public static Tensor Ones([Static] int n, Tensor like) => F.ones([n]) + like;
                }
            }
            public partial class Generic<T>
            {
                [Jit(Intercept = true)] public static Tensor Step(Tensor x, [Static] T y) => x;
                public partial class Inner { [Jit(Intercept = true)] public static Tensor Deep(Tensor x) => x; }
            }
            public partial class Outer
            {
                internal partial class Nested { [Jit(Intercept = true)] internal static Tensor Step(Tensor x) => x; }
            }
            public static partial class Parts
            {
                [Jit(Intercept = true)] public static partial Tensor Step(Tensor x, Tensor? other = null, [Static] int k = 3);
                public static partial Tensor Step(Tensor x, Tensor? other, int k) => x * k;
            }
            class Use { {{call}} }
            """);
        var file = result.GeneratedTrees.SingleOrDefault(t => t.FilePath.EndsWith("Interceptors.g.cs", StringComparison.Ordinal));
        return (file?.ToString() ?? "").Split("[global::System.Runtime.CompilerServices.InterceptsLocation").Length - 1;
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
