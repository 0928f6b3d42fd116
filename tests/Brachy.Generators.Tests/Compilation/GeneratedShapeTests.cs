using System.Runtime.CompilerServices;

namespace Brachy.Generators.Tests;

/// <summary>What generated code looks like to a reader, a debugger and the order in which classes are initialised.</summary>
public class GeneratedShapeTests
{
    /// <summary>Case C4: static members of a module class are initialised before those that generated halves declare.</summary>
    [Fact]
    public void WhatStaticMembersNeedIsInClassesOfTheirOwn()
    {
        var texts = Generate("""
            using Brachy;
            [Module] public partial class Layer
            {
                public static readonly Layer Instance = new();
                [Param] public partial Tensor W { get; set; }
                public Layer() => W = 1.0;
                public Tensor Forward(Tensor x) => x * W;
            }
            [Tree] public partial record Pair(Tensor A) { public static readonly object Handler = TreeHandler; }
            """);
        Assert.Contains("ApplyFunction => Generated.Apply;", texts["Layer.g.cs"], StringComparison.Ordinal);
        Assert.Contains("TreeHandler => GeneratedHandler.Instance;", texts["Pair.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void TheFirstModuleOfTheReadmeIsShortToRead()
    {
        var text = Generate(File.ReadAllText(Sample("Quickstart/Classifier.cs")))["Quickstart.Classifier.g.cs"];
        Assert.InRange(text.Split('\n').Length, 40, 91);
        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, 140));
    }

    /// <summary>The name of a parameter, and its default, hold for calls with one input as for those with several.</summary>
    [Theory]
    [InlineData("Tensor tokens", "Call(tokens: x)")]
    [InlineData("Tensor? x = null", "Call()")]
    [InlineData("Tensor input", "Call(input: x)")]
    [InlineData("Tensor a, Tensor? mask = null", "Call(a: x)")]
    public void CallHasTheParametersOfForward(string parameters, string call) => Generate($$"""
        using Brachy;
        [Module] public partial class Layer { public Tensor Forward({{parameters}}) => F.ones([1]); }
        public static class Use { public static Tensor Of(Layer layer, Tensor x) => layer.{{call}}; }
        """);

    [Fact]
    public void AMemberMayHaveTheNameOfTheClassThatIsGenerated() => Generate("""
        using Brachy;
        [Module] public partial class Layer
        {
            public int Generated => 1;
            public Tensor Forward(Tensor x) => x;
        }
        """);

    private static Dictionary<string, string> Generate(string source) => TestCompilation.GenerateClean("#nullable enable\n" + source)
        .Results.SelectMany(r => r.GeneratedSources).ToDictionary(s => s.HintName, s => s.SourceText.ToString());

    private static string Sample(string path, [CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../samples", path));
}
