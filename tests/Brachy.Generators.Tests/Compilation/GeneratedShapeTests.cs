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

    [Fact]
    public void GeneratedCodeOfAllLayersHasNoLongLine() => HasNoLongLine(
        RuntimeSources.Compilation.SyntaxTrees.Where(tree => tree.FilePath.Contains("Generator/", StringComparison.Ordinal)), atLeast: 100);

    /// <summary>The projects among the samples, with the code that they share, and each program of one file.</summary>
    public static TheoryData<string> Samples { get; } =
    [
        .. Directory.GetDirectories(Sample("")).Where(folder => Path.GetFileName(folder) != "Shared")
            .SelectMany(folder => Directory.GetFiles(folder, "*.csproj").Length > 0 ? [folder] : Directory.GetFiles(folder, "*.cs"))
            .Select(path => Path.GetRelativePath(Sample(""), path).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Samples))]
    public void GeneratedCodeOfTheSamplesHasNoLongLine(string sample)
    {
        string[] files = File.Exists(Sample(sample))
            ? [Sample(sample)]
            : [.. new[] { sample, "Shared" }.SelectMany(folder => Directory.GetFiles(Sample(folder), "*.cs", SearchOption.AllDirectories))
                .Where(file => !Path.GetRelativePath(Sample(""), file).Split('/', '\\').Any(part => part is "obj" or "bin"))];
        string[] sources = [
            "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;"
                + " global using System.Threading; global using System.Threading.Tasks;",
            .. files.Select(File.ReadAllText)];

        // What the samples take from other packages is missing here, which the generators do not mind.
        var driver = TestCompilation.Driver().RunGenerators(TestCompilation.Of(sources));
        var isPlain = sources.All(source => !source.Contains("[Module]", StringComparison.Ordinal)
            && !source.Contains("[Jit", StringComparison.Ordinal));
        HasNoLongLine(driver.GetRunResult().GeneratedTrees, atLeast: isPlain ? 0 : 2);
    }

    [Fact]
    public void AllSamplesAreLookedAt() => Assert.Superset(
        new HashSet<string> { "Hello/classifier.cs", "LanguageModel", "Quickstart", "ResNet", "Sequence", "Surgery" },
        ((string[])[.. Samples]).ToHashSet());

    /// <summary>Texts that say why, names and settings are written into code, however long they are.</summary>
    [Fact]
    public void LongTextsAreBrokenAndStayWhatTheyAre()
    {
        var word = string.Concat(Enumerable.Repeat("Long", 50));
        var sentence = string.Concat(Enumerable.Repeat("a \\\"word\\\" \\u0001 \\U0001F600 and \\\\ more ", 12));
        var source = $$"""
            using Brachy;
            public class {{word}}Base { private readonly int[] _a = []; }
            public sealed record {{word}}(int A) { private readonly int[] _b = []; }
            public sealed class Held<T> { }
            [Module] public partial class Layer
            {
                [Config("some_key", Default = "{{sentence}}")] public partial string Text { get; }
                [Static("{{word}}")] public partial {{word}}? Of { get; set; }
                public Tensor Forward(Tensor x) => x;
            }
            [Module] public partial class Faulty
            {
                [Param] public partial System.Collections.Generic.Dictionary<string, System.Collections.Generic.List<Tensor>>
                    {{word}} { get; set; }
                public Tensor Forward(Tensor x) => x;
            }
            """;
        var driver = TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(
            TestCompilation.Of(source), out var compilation, out _);
        var trees = driver.GetRunResult().GeneratedTrees;
        Assert.All(trees, tree => Assert.Empty(tree.GetDiagnostics()));
        var strings = trees.SelectMany(tree => tree.GetRoot().DescendantNodes()
                .OfType<Microsoft.CodeAnalysis.CSharp.Syntax.ExpressionSyntax>()
                .Select(e => compilation.GetSemanticModel(tree).GetConstantValue(e).Value as string))
            .OfType<string>().ToHashSet();
        Assert.Contains(word, strings);
        var meant = System.Text.RegularExpressions.Regex.Unescape(
            sentence.Replace("\\U0001F600", "\U0001F600", StringComparison.Ordinal));
        Assert.Contains(meant, strings);
        Assert.Contains(strings, text => text.StartsWith("BRACHY005", StringComparison.Ordinal) && text.Length > 140);

        // What is left is names, which cannot be broken.
        var names = trees.SelectMany(tree => tree.ToString().Split('\n')).Where(line => line.Length > 140).ToArray();
        Assert.All(names, line => Assert.True(
            line.Contains(word, StringComparison.Ordinal) && !line.Contains($"\"{word}", StringComparison.Ordinal), line));
    }

    /// <summary>All but the name of a member that a comment refers to, which cannot be broken.</summary>
    private static void HasNoLongLine(IEnumerable<Microsoft.CodeAnalysis.SyntaxTree> generated, int atLeast)
    {
        var trees = generated.ToArray();
        Assert.True(trees.Length >= atLeast, $"There are {trees.Length} generated files.");
        var tooLong = trees.SelectMany(tree => tree.ToString().Split('\n')
            .Where(line => line.TrimEnd('\r').Length > 140 && !line.Contains("<inheritdoc cref", StringComparison.Ordinal))
            .Select(line => $"{Path.GetFileName(tree.FilePath)}: {line}")).ToArray();
        Assert.True(tooLong.Length == 0, string.Join("\n", tooLong));
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
