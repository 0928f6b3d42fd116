namespace Brachy.Generators.Tests;

/// <summary>What is reported about modules that derive from others.</summary>
public class DerivedModuleDiagnosticTests
{
    private const string Base = """
        [Module]
        public abstract partial class Base
        {
            [Param] public partial Tensor Weight { get; set; }
            public partial Brachy.NN.Linear Head { get; set; }
            protected Base() { }
            public abstract Tensor Forward(Tensor x);
        }

        """;

    [Fact]
    public Task NothingWrong() => Check(Base + """
        [Module]
        public partial class Leaf : Base
        {
            [Param] public partial Tensor Own { get; set; }
            public override Tensor Forward(Tensor x) => x;
        }

        [Module]
        public partial class Second : Leaf
        {
            public new Tensor Forward(Tensor x) => x;
        }

        public abstract class Unmarked : Leaf;

        public class Preset : Leaf;

        public class ByHand : Base
        {
            protected override ApplyFn? DefaultApply => null;
            public override Tensor Forward(Tensor x) => x;
        }
        """);

    [Theory]
    [InlineData("[Buffer(\"weight\")] public partial Tensor {|BRACHY012:Other|} { get; set; }")]
    [InlineData("[Param] public partial Tensor {|BRACHY012:Head|} { get; set; }")]
    [InlineData("[Static(\"head\")] public partial int {|BRACHY012:Other|} { get; set; }")]
    public async Task KeyOfTheBase(string property)
    {
        var leaf = $"[Module] public partial class Leaf : Base {{ {property} public override Tensor Forward(Tensor x) => x; }}";
        await Check(Base + leaf);
        await AnalyzerCheck.Reports<ModuleAnalyzer>("using Brachy;\n" + leaf, TestCompilation.Library("using Brachy;\n" + Base));
    }

    [Theory]
    [InlineData("weight")]
    [InlineData("inside")]
    [InlineData("own_head")]
    [InlineData("key")]
    public async Task KeyOfTheBaseThatOtherProjectsDoNotSee(string key)
    {
        const string Base = """
            [Module]
            public abstract partial class Base
            {
                [Param] private partial Tensor Weight { get; set; }
                [Static] internal partial int Inside { get; set; }
                public partial Brachy.NN.Linear OwnHead { get; set; }
                [Buffer] private protected partial RngKey Key { get; set; }
                public Brachy.NN.Linear Alias { get => OwnHead; set => OwnHead = value; }
            }

            """;
        var leaf = $$"""
            [Module]
            public partial class Leaf : Base
            {
                [Static("{{key}}")] public partial int {|BRACHY012:Mine|} { get; set; }
                [Static("alias")] public partial int Free { get; set; }
                public Tensor Forward(Tensor x) => x;
            }
            """;
        await Check(Base + leaf);
        await AnalyzerCheck.Reports<ModuleAnalyzer>("using Brachy;\n" + leaf, TestCompilation.Library("using Brachy;\n" + Base));
    }

    [Fact]
    public Task KeyOfTheBaseOfTheBase() => Check(Base + """
        [Module] public abstract partial class Between : Base;

        [Module]
        public partial class Leaf : Between
        {
            [Static("weight")] public partial int {|BRACHY012:A|} { get; set; }
            [Static("weight2")] public partial int B { get; set; }
            public override Tensor Forward(Tensor x) => x;
        }
        """);

    [Theory]
    [InlineData("public Tensor Forward(Tensor x, Tensor y) => x;")]
    [InlineData("public int Forward(Tensor x) => 1;")]
    [InlineData("public Tensor Forward() => null!;")]
    public async Task ForwardOfAnotherSignature(string forward)
    {
        const string Typed = "[Module] public abstract partial class Typed : Module<Tensor, Tensor>; [Module] public partial class First { "
            + "public Tensor Forward(Tensor x) => x; }";
        await Check(Typed + $"[Module] public partial class {{|BRACHY013:Leaf|}} : Typed {{ {forward} }}");
        await Check(Typed + "[Module] public partial class {|BRACHY013:Leaf|} : First { "
            + $"{forward.Replace("public", "public new", StringComparison.Ordinal)} }}");
        await AnalyzerCheck.Reports<ModuleAnalyzer>(
            $"using Brachy; [Module] public partial class {{|BRACHY013:Leaf|}} : First {{ {forward} }}",
            TestCompilation.Library("using Brachy; " + Typed));
    }

    [Fact]
    public Task SignatureOfTheNearestForward() => Check("""
        [Module] public abstract partial class Base;
        [Module] public partial class First : Base { public virtual Tensor Forward(Tensor x) => x; }
        [Module] public partial class Second : Base { public int Forward(Tensor x) => 1; }
        [Module] public partial class {|BRACHY013:Third|} : First { public int Forward(Tensor x, int n) => n; }
        """);

    [Fact]
    public Task BaseWithoutAConstructorOfViews() => Check("""
        public abstract class ByHand : Module<Tensor, Tensor>;
        public abstract class Hidden : Module<Tensor, Tensor>
        {
            private Hidden(ModuleBinding binding) : base(binding) { }
            protected Hidden() { }
        }
        [Module] public partial class {|BRACHY013:Leaf|} : ByHand { public Tensor Forward(Tensor x) => x; }
        [Module] public partial class {|BRACHY013:Other|} : Hidden { public Tensor Forward(Tensor x) => x; }
        """);

    [Fact]
    public Task BaseOfAnotherProjectWhoseConstructorIsInternal() => AnalyzerCheck.Reports<ModuleAnalyzer>(
        "using Brachy; [Module] public partial class {|BRACHY013:Leaf|} : Hidden { public Tensor Forward(Tensor x) => x; }",
        TestCompilation.Library("""
            using Brachy;
            public abstract class Hidden : Module<Tensor, Tensor>
            {
                private protected Hidden(ModuleBinding binding) : base(binding) { }
                protected Hidden() { }
            }
            """));

    [Fact]
    public Task BaseThatCannotBeGenerated() => Check("""
        [Module] public abstract class {|BRACHY001:Base|} { public abstract Tensor Forward(Tensor x); }
        [Module] public partial class {|BRACHY013:Leaf|} : Base { public override Tensor Forward(Tensor x) => x; }
        """);

    [Fact]
    public Task LeafWithoutForward() => Check("""
        [Module] public abstract partial class Base { [Param] public partial Tensor W { get; set; } }
        [Module] public partial class {|BRACHY008:Leaf|} : Base;
        """);

    [Fact]
    public Task InheritedForwardThatCannotBeApplied() => Check("""
        [Module] public abstract partial class Base { public void {|BRACHY010:Forward|}(Tensor x) { } }
        [Module] public partial class {|BRACHY010:Leaf|} : Base;
        """);

    [Fact]
    public Task ForwardOfAnotherProjectThatIsInternal() => AnalyzerCheck.Reports<ModuleAnalyzer>(
        "using Brachy; [Module] public partial class {|BRACHY008:Leaf|} : Base;",
        TestCompilation.Library("using Brachy; [Module] public abstract partial class Base { internal Tensor Forward(Tensor x) => x; }"));

    [Fact]
    public Task TwoForwardsOfAnOverride() => Check("""
        [Module] public abstract partial class Base { public abstract Tensor Forward(Tensor x); }
        [Module] public partial class Leaf : Base
        {
            public override Tensor Forward(Tensor x) => x;
            public Tensor {|BRACHY009:Forward|}(Tensor x, Tensor y) => x;
        }
        """);

    [Theory]
    [InlineData("virtual")]
    [InlineData("abstract")]
    [InlineData("new")]
    public Task PropertyOfABaseIsNotVirtual(string modifier) => Check(
        $"[Module] public abstract partial class Base {{ [Param] public {modifier} partial Tensor {{|BRACHY015:A|}} {{ get; set; }} }}");

    [Fact]
    public Task PropertiesOverrideOnlyThoseThatAreNotKept() => Check("""
        public abstract class Root : Module<Tensor, Tensor>
        {
            protected Root() { }
            protected Root(ModuleBinding binding) : base(binding) { }
            public abstract long Rank { get; set; }
        }
        [Module] public partial class Leaf : Root
        {
            [Static] public override partial long Rank { get; set; }
            public virtual Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Second : Leaf
        {
            [Static("other")] public override partial long {|BRACHY015:Rank|} { get; set; }
        }
        """);

    [Theory]
    [InlineData("Base")]
    [InlineData("Base?")]
    public Task SubmoduleOfAnAbstractType(string type) => Check(Base + $$"""
        [Module]
        public partial class Other
        {
            public partial {{type}} {|BRACHY019:Body|} { get; set; }
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public async Task BaseThatIsBuiltWithArguments()
    {
        const string Bases = """
            [Module] public abstract partial class Root { protected Root(int size) { } public Tensor Forward(Tensor x) => x; }
            [Module] public abstract partial class Optional { protected Optional(int size = 3) { } public Tensor Forward(Tensor x) => x; }
            [Module] public abstract partial class Nothing { public Tensor Forward(Tensor x) => x; }

            """;
        const string Leaves = """
            [Module] public partial class {|BRACHY039:Leaf|} : Root;
            [Module] public partial class Second : Optional;
            [Module] public partial class Third : Nothing;
            [Module] public partial class Fourth : Root { public Fourth() : base(3) { } }
            """;
        await Check(Bases + Leaves);
        await AnalyzerCheck.Reports<ModuleAnalyzer>("using Brachy;\n" + Leaves, TestCompilation.Library("using Brachy;\n" + Bases));
    }

    [Fact]
    public Task DerivedClassesThatAreNotMarked() => Check("""
        [Module] public abstract partial class Base { public abstract Tensor Forward(Tensor x); }
        [Module] public partial class Leaf { public virtual Tensor Forward(Tensor x) => x; }
        public class {|BRACHY040:OfBase|} : Base { public override Tensor Forward(Tensor x) => x; }
        public class {|BRACHY040:OfLeaf|} : Leaf { public override Tensor Forward(Tensor x) => x; }
        public class Alias : Leaf;
        """);

    [Fact]
    public async Task MessagesSayWhatToDo()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            [Module] public abstract partial class Base
            {
                [Param] public required partial Tensor W { get; set; }
                public abstract Tensor Forward(Tensor x);
            }
            [Module] public partial class Leaf : Base
            {
                [Buffer("w")] public required partial Tensor V { get; set; }
                public override Tensor Forward(Tensor x) => x;
            }
            [Module] public partial class Other { public required partial Base Body { get; set; } public Tensor Forward(Tensor x) => x; }
            public class Unmarked : Base { public override Tensor Forward(Tensor x) => x; }
            """);
        var messages = reported.ToDictionary(d => d.Id, d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("'Base.W' and 'V' are both kept under the key \"w\"", messages["BRACHY012"], StringComparison.Ordinal);
        Assert.Contains(
            "because Base is abstract; use a [Module] class or Module<TInput, TOutput>", messages["BRACHY019"], StringComparison.Ordinal);
        Assert.Contains(
            "nodes that it builds compute nothing, and not its Forward; mark it [Module]", messages["BRACHY040"], StringComparison.Ordinal);
    }

    private static Task Check(string source) => AnalyzerCheck.Reports<ModuleAnalyzer>("using Brachy;\n" + source);
}
