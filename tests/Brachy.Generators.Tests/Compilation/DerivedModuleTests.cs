using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>What is generated for modules that derive from modules compiles without warnings, in one project and across two.</summary>
public class DerivedModuleTests
{
    /// <summary>Bases of many kinds, each as the members of a project and as those of another.</summary>
    private const string Bases = """
        using Brachy;
        using Brachy.Trees;
        namespace Bases;

        public enum Mode { A, B }

        [Module]
        public abstract partial class Shared
        {
            [Param] public partial Tensor Weight { get; set; }
            [Param] public partial Tensor? Bias { get; protected set; }
            [Buffer] public partial RngKey Key { get; set; }
            [Static] public partial Mode Mode { get; set; }
            [Config("train_mode", Default = true)] public partial bool TrainMode { get; }
            public partial Brachy.NN.Linear Body { get; set; }
            [Buffer] private partial RngKey Hidden { get; set; }
        }

        [Module]
        public abstract partial class Template
        {
            [Static] public partial double P { get; set; }
            protected Template(double p = 0.5) => P = p;
            public Tensor Forward(Tensor x) => Compute(x);
            protected abstract Tensor Compute(Tensor x);
            public abstract long Rank { get; set; }
        }

        [Module]
        public abstract partial class Typed : Module<Tensor, Tensor>
        {
            [Static] public partial double P { get; set; }
        }

        [Module]
        public abstract partial class Several
        {
            public abstract (Tensor A, Tensor B) Forward(Tensor x, Tensor y, double scale = 2);
        }

        [Module]
        public abstract partial class None
        {
            public virtual Tensor Forward() => 1.0;
        }

        [Module]
        public abstract partial class Generic<TIn, TOut>
            where TIn : class
        {
            [Static] public partial TOut? Last { get; set; }
            public abstract TOut Forward(TIn x);
        }

        [Module]
        public abstract partial class Recursive<TSelf>
            where TSelf : Recursive<TSelf>
        {
            [Param] public partial Tensor W { get; set; }
            public TSelf Self => (TSelf)this;
        }

        [Module]
        public partial class Concrete
        {
            public required partial Brachy.NN.Linear First { get; set; }
            [Buffer] public partial Tensor Calls { get; set; }
            public virtual Tensor Forward(Tensor x) => First.Call(x);
        }

        public abstract class Handwritten : Typed
        {
            protected Handwritten() { }
            protected Handwritten(ModuleBinding binding) : base(binding) { }
            public Tensor Forward(Tensor x) => x;
        }
        """;

    private const string Uses = """
        using System;
        using Brachy;
        using Brachy.NN;
        using Brachy.Trees;
        using Bases;

        [Module]
        public partial class OfShared : Shared
        {
            [Param] public partial Tensor Own { get; set; }
            [Config("loud")] public partial bool Loud { get; }
            public Tensor Forward(Tensor x) => Body.Call(x) + Own;
        }

        [Module]
        public sealed partial class OfSharedToo : Shared
        {
            public (Tensor, Tensor) Forward(Tensor x, int n = 3) => (x, Weight);
        }

        [Module]
        public partial class OfOfShared : OfShared
        {
            [Buffer] public partial RngKey Second { get; set; }
        }

        [Module]
        public partial class OfTemplate : Template
        {
            [Static("rank")] public override partial long Rank { get; set; }
            protected override Tensor Compute(Tensor x) => x;
        }

        [Module]
        public partial class OfTyped : Typed
        {
            public Tensor Forward(Tensor x) => x;
        }

        [Module]
        public abstract partial class Between : Typed
        {
            [Param] public partial Tensor W { get; set; }
        }

        [Module]
        public partial class OfBetween : Between
        {
            public Tensor Forward(Tensor x) => x;
        }

        [Module]
        public partial class OfSeveral : Several
        {
            public override (Tensor A, Tensor B) Forward(Tensor x, Tensor y, double scale = 2) => (x, y);
        }

        [Module]
        public partial class OfNone : None;

        [Module]
        public partial class OfGeneric : Generic<Tensor, (Tensor X, int[] N)>
        {
            public override (Tensor X, int[] N) Forward(Tensor x) => (x, [1]);
        }

        [Module]
        public partial class StillGeneric<T> : Generic<T[], T>
        {
            public override T Forward(T[] x) => x[0];
        }

        [Module]
        public partial class OfRecursive : Recursive<OfRecursive>
        {
            public Tensor Forward(Tensor x) => x * Self.W;
        }

        [Module]
        public partial class OfConcrete : Concrete
        {
            [Param] public partial Tensor W { get; set; }
            public override Tensor Forward(Tensor x) => base.Forward(x) * W;
        }

        [Module]
        public partial class Hiding : OfConcrete
        {
            public new Tensor Forward(Tensor x) => x;
        }

        [Module]
        public partial class OfHandwritten : Handwritten
        {
            [Param] public partial Tensor W { get; set; }
        }

        [Module]
        public partial class Around : Typed
        {
            public Tensor Forward(Tensor x) => x;

            [Module]
            public partial class Inside : Around
            {
                [Param] public partial Tensor W { get; set; }
            }
        }

        public static class Use
        {
            public static object All(StructureTree tree, GlobalConfig config, Tensor x)
            {
                Module<Tensor, Tensor> converted = new OfShared();
                Module<Tensor, Tensor> derived = new OfOfShared();
                Module<Tensor, Tensor>[] inherited =
                    [new OfTemplate(), new OfTyped(), new OfBetween(), new OfHandwritten(), new Around.Inside()];
                Module<Tensor, Tensor> concrete = new Hiding { First = new(2, 2) };
                Module<ValueTuple, Tensor> none = new OfNone();
                Module<Tensor, (Tensor, int[])> generic = new OfGeneric();
                Module<(Tensor, int), (Tensor, Tensor)> several = new OfSharedToo();
                var sequential = new Sequential(new OfShared(), new OfTyped(), new OfRecursive());
                Tensor a = new OfShared().Call(x), b = new OfOfShared().Call(x), c = new OfNone().Call(), d = new OfTyped().Call(x);
                (Tensor A, Tensor B) e = new OfSeveral().Call(x, x), f = new OfSharedToo().Call(x);
                var views = (
                    OfShared.Bind(tree, config), OfOfShared.Bind(tree, config).Second, Hiding.Bind(tree, config),
                    OfConcrete.Bind(tree, config).Calls);
                var applied = (
                    OfShared.Apply(tree, config, x).Output, OfOfShared.JitApply(tree, config, x).Output,
                    OfSeveral.Apply(tree, config, x, x).Output.A, OfNone.JitApply(tree, config));
                ApplyFn<Tensor, Tensor>[] functions =
                    [OfShared.ApplyFunction, OfOfShared.ApplyFunction, Hiding.ApplyFunction, OfTemplate.ApplyFunction];
                JitFunction compiled = OfOfShared.JitApplyFunction;
                return (
                    converted, derived, inherited, concrete, none, generic, several, sequential, a, b, c, d, e, f, views, applied,
                    functions, compiled);
            }
        }
        """;

    [Fact]
    public void BasesAndLeavesOfOneProject() => TestCompilation.GenerateClean(Bases, Uses);

    [Fact]
    public void LeavesBeforeTheirBases() => TestCompilation.GenerateClean(Uses, Bases);

    [Fact]
    public void BasesOfAnotherProject() => TestCompilation.GenerateClean(
        TestCompilation.Of(Uses).AddReferences(TestCompilation.Library(Bases)), out _);

    [Fact]
    public void BasesOfAnotherProjectInSource()
    {
        TestCompilation.GenerateClean(TestCompilation.Of(Bases).WithAssemblyName("Library"), out var library);
        TestCompilation.GenerateClean(TestCompilation.Of(Uses).AddReferences(library.ToMetadataReference()), out _);
    }

    [Fact]
    public void TheSameIsGeneratedForBasesOfAnotherProject()
    {
        var names = new[]
        {
            "OfShared", "OfOfShared", "OfTemplate", "OfTyped", "OfSeveral", "OfNone", "OfGeneric", "OfConcrete", "Hiding", "OfHandwritten"
        };
        var one = Generated(TestCompilation.GenerateClean(Bases, Uses));
        var two = Generated(TestCompilation.GenerateClean(TestCompilation.Of(Uses).AddReferences(TestCompilation.Library(Bases)), out _));
        Assert.All(names, name => Assert.Equal(one[$"{name}.g.cs"], two[$"{name}.g.cs"]));
    }

    [Fact]
    public void FunctionsNameTheRandomKeysOfBases()
    {
        var generated = Generated(TestCompilation.GenerateClean(Bases, Uses));
        Assert.Contains("RandomKeys = [\"hidden\", \"key\"]", generated["OfShared.g.cs"], StringComparison.Ordinal);
        Assert.Contains("RandomKeys = [\"hidden\", \"key\", \"second\"]", generated["OfOfShared.g.cs"], StringComparison.Ordinal);
    }

    [Fact]
    public void CheckpointsKnowLeavesAndTheEnumsOfTheirBases()
    {
        var generated = Generated(TestCompilation.GenerateClean("""
            using Brachy;
            public enum Mode { A, B }

            [Module]
            public abstract partial class Base<T>
            {
                [Static] public partial T Value { get; set; }
                public Tensor Forward(Tensor x) => x;
            }

            [Module] public partial class Leaf : Base<Mode>;
            """))[CheckpointRegistrationGenerator.FileName];
        Assert.Contains("RegisterEnum<global::Mode>", generated, StringComparison.Ordinal);
        Assert.Contains("Register(\"Leaf\"", generated, StringComparison.Ordinal);
        Assert.DoesNotContain("Register(\"Base", generated, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEditOfTheBaseReachesItsLeaves()
    {
        var before = TestCompilation.Of("""
            using Brachy;
            [Module] public abstract partial class Base
            {
                [Buffer] public partial RngKey Key { get; set; }
                public abstract Tensor Forward(Tensor x);
            }
            """, "using Brachy; [Module] public partial class Leaf : Base { public override Tensor Forward(Tensor x) => x; }");
        var driver = TestCompilation.Driver().RunGenerators(before);
        Assert.Contains("RandomKeys = [\"key\"]", Generated(driver.GetRunResult())["Leaf.g.cs"], StringComparison.Ordinal);
        var tree = before.SyntaxTrees[0];
        var after = before.ReplaceSyntaxTree(tree, tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(
            tree.ToString().Replace("RngKey Key", "RngKey Other", StringComparison.Ordinal), System.Text.Encoding.UTF8)));
        Assert.Contains(
            "RandomKeys = [\"other\"]", Generated(driver.RunGenerators(after).GetRunResult())["Leaf.g.cs"], StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Generated(GeneratorDriverRunResult result) =>
        result.Results.SelectMany(r => r.GeneratedSources).ToDictionary(s => s.HintName, s => s.SourceText.ToString());
}
