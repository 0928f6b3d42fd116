using Brachy.CodeFixes;

namespace Brachy.Generators.Tests;

/// <summary>What is mended in module classes.</summary>
public class ModuleFixTests
{
    [Fact]
    public Task ClassesBecomePartial() => FixCheck.Mends<GeneratorFaultAnalyzer, MakePartialFix>(
        """
        // A layer.
        [Module] public class {|BRACHY001:Layer|}
        {
            public Tensor Forward(Tensor x) => x;
        }

        [Module]
        class {|BRACHY001:Other|} // comment
        {
            public Tensor Forward(Tensor x) => x;
        }
        """,
        """
        // A layer.
        [Module] public partial class Layer
        {
            public Tensor Forward(Tensor x) => x;
        }

        [Module]
        partial class Other // comment
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task TypesAroundBecomePartial() => FixCheck.Mends<GeneratorFaultAnalyzer, MakePartialFix>(
        """
        /// <summary>Around.</summary>
        static class {|BRACHY002:Outer|}
        {
            internal struct {|BRACHY002:Inner|}
            {
                [Module] public partial class Layer { public Tensor Forward(Tensor x) => x; }
            }
        }
        """,
        """
        /// <summary>Around.</summary>
        static partial class Outer
        {
            internal partial struct Inner
            {
                [Module] public partial class Layer { public Tensor Forward(Tensor x) => x; }
            }
        }
        """);

    [Fact]
    public Task PropertiesBecomePartial() => FixCheck.Mends<ModuleAnalyzer, PartialPropertyFix>(
        InLayer("""
            // The weight.
            [Param] public Tensor {|BRACHY003:W|} { get; set; } // trained
            [Param] public Tensor {|BRACHY003:V|} { get; }
            [Buffer]
            internal Tensor {|BRACHY003:B|} => F.ones([1]);
            [Config("train")] public bool {|BRACHY003:Train|} => true;
            """),
        """
        [Module] public partial class Layer
        {
            // The weight.
            [Param] public partial Tensor W { get; set; } // trained
            [Param] public partial Tensor V { get; set; }
            [Buffer]
            internal partial Tensor B { get; set; }
            [Config("train", Default = true)] public partial bool Train { get; }

            public Layer()
            {
                B = F.ones([1]);
            }

            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task InitializersGoIntoConstructors() => FixCheck.Mends<ModuleAnalyzer, PartialPropertyFix>(
        """
        [Module] public partial class Layer
        {
            [Param] public Tensor {|BRACHY003:W|} { get; set; } = F.ones([1]);

            public Layer()
            {
                System.GC.KeepAlive(this);
            }

            public Layer(int size) => System.GC.KeepAlive(size);

            public Layer(string name) : this() { }

            public Tensor Forward(Tensor x) => x * W;
        }

        [Module] public partial class Other
        {
            [Param] public Tensor {|BRACHY003:W|} { get; set; } = F.ones([1]);

            public Tensor Forward(Tensor x) => x * W;
        }
        """,
        """
        [Module] public partial class Layer
        {
            [Param] public partial Tensor W { get; set; }

            public Layer()
            {
                W = F.ones([1]);
                System.GC.KeepAlive(this);
            }

            public Layer(int size)
            {
                W = F.ones([1]);
                System.GC.KeepAlive(size);
            }

            public Layer(string name) : this() { }

            public Tensor Forward(Tensor x) => x * W;
        }

        [Module] public partial class Other
        {
            [Param] public partial Tensor W { get; set; }

            public Other()
            {
                W = F.ones([1]);
            }

            public Tensor Forward(Tensor x) => x * W;
        }
        """);

    [Fact]
    public Task InitializersOfPartialPropertiesGoIntoConstructors() => FixCheck.Mends<GeneratorFaultAnalyzer, InitializerFix>(
        """
        [Module] public partial class Layer
        {
            // The weight.
            [Param] public partial Tensor W { get; set; } = {|BRACHY053:F.ones([1])|}; // trained

            public Layer() => System.GC.KeepAlive(this);

            public Layer(string name) : this() { }

            public Tensor Forward(Tensor x) => x * W;
        }

        [Module] public partial class Other
        {
            public partial Brachy.NN.Linear Layer { get; } = {|BRACHY053:new(2, 3)|};

            public Tensor Forward(Tensor x) => Layer.Call(x);
        }
        """,
        """
        [Module] public partial class Layer
        {
            // The weight.
            [Param] public partial Tensor W { get; set; } // trained

            public Layer()
            {
                W = F.ones([1]);
                System.GC.KeepAlive(this);
            }

            public Layer(string name) : this() { }

            public Tensor Forward(Tensor x) => x * W;
        }

        [Module] public partial class Other
        {
            public partial Brachy.NN.Linear Layer { get; set; }

            public Other()
            {
                Layer = new(2, 3);
            }

            public Tensor Forward(Tensor x) => Layer.Call(x);
        }
        """);

    [Theory]
    [InlineData(
        "[Config(\"size\")] public partial int Size { get; } = {|BRACHY053:3|};",
        "[Config(\"size\", Default = 3)] public partial int Size { get; }")]
    [InlineData(
        "[Config(\"mode\")] public partial bool Mode { get; } = {|BRACHY053:true|}; // on",
        "[Config(\"mode\", Default = true)] public partial bool Mode { get; } // on")]
    public Task InitializersOfSettingsAreDefaults(string before, string after) =>
        FixCheck.Mends<GeneratorFaultAnalyzer, InitializerFix>(InLayer(before), InLayer(after));

    [Theory]
    [InlineData("[Static] public partial Tensor {|BRACHY004:W|} { get; set; }", "[Param] public partial Tensor W { get; set; }", 0)]
    [InlineData("[Static] public partial Tensor {|BRACHY004:W|} { get; set; }", "[Buffer] public partial Tensor W { get; set; }", 1)]
    [InlineData(
        "[Static] public partial Brachy.NN.Linear {|BRACHY004:W|} { get; set; }", "public partial Brachy.NN.Linear W { get; set; }", 0)]
    [InlineData("[Param] public partial int {|BRACHY005:Size|} { get; set; }", "[Static] public partial int Size { get; set; }", 0)]
    [InlineData(
        "[BufferAttribute(\"n\")] public partial int {|BRACHY005:N|} { get; set; }", "[Static(\"n\")] public partial int N { get; set; }",
        0)]
    [InlineData(
        "[Brachy.Param] public partial int {|BRACHY005:Size|} { get; set; }", "[Brachy.Static] public partial int Size { get; set; }", 0)]
    [InlineData("[Param, Buffer] public partial Tensor {|BRACHY006:W|} { get; set; }", "[Param] public partial Tensor W { get; set; }", 0)]
    [InlineData("[Param, Buffer] public partial Tensor {|BRACHY006:W|} { get; set; }", "[Buffer] public partial Tensor W { get; set; }", 1)]
    [InlineData("[Param] [Buffer] public partial Tensor {|BRACHY006:W|} { get; set; }", "[Param] public partial Tensor W { get; set; }", 0)]
    [InlineData(
        "[Param]\n    [Buffer]\n    public partial Tensor {|BRACHY006:W|} { get; set; }",
        "[Buffer]\n    public partial Tensor W { get; set; }", 1)]
    [InlineData("public partial int {|BRACHY014:Size|} { get; set; }", "[Static] public partial int Size { get; set; }", 0)]
    [InlineData("public partial int {|BRACHY014:KeptSize|} { get; }", "[Config(\"kept_size\")] public partial int KeptSize { get; }", 1)]
    [InlineData("public partial Tensor {|BRACHY014:W|} { get; set; }", "[Buffer] public partial Tensor W { get; set; }", 1)]
    [InlineData(
        "public partial List<Brachy.NN.Linear> {|BRACHY014:All|} { get; set; }",
        "public partial Brachy.NN.ModuleList<Brachy.NN.Linear> All { get; set; }", 0)]
    public Task Roles(string before, string after, int offer) =>
        FixCheck.Mends<ModuleAnalyzer, PropertyRoleFix>(InLayer(before), InLayer(after), offer);

    [Fact]
    public Task ClassesBecomeModules() => FixCheck.Mends<GeneratorFaultAnalyzer, MarkModuleFix>(
        """
        /// <summary>A layer.</summary>
        public class Layer
        {
            [Param] public partial Tensor {|BRACHY007:W|} { get; set; }

            public Tensor Forward(Tensor x) => x * W;
        }
        """,
        """
        /// <summary>A layer.</summary>
        [Module]
        public partial class Layer
        {
            [Param] public partial Tensor W { get; set; }

            public Tensor Forward(Tensor x) => x * W;
        }
        """);

    [Fact]
    public Task OrLoseTheAttribute() => FixCheck.Mends<GeneratorFaultAnalyzer, MarkModuleFix>(
        """
        public class Layer
        {
            // Trained.
            [Param] public Tensor? {|BRACHY007:W|} { get; set; }
        }
        """,
        """
        public class Layer
        {
            // Trained.
            public Tensor? W { get; set; }
        }
        """, offer: 1);

    [Fact]
    public Task DerivedClassesBecomeModules() => FixCheck.Mends<ModuleAnalyzer, MarkModuleFix>(
        """
        [Module] public abstract partial class Base
        {
            public abstract Tensor Forward(Tensor x);
        }

        public class {|BRACHY040:Layer|} : Base
        {
            public override Tensor Forward(Tensor x) => x;
        }
        """,
        """
        [Module] public abstract partial class Base
        {
            public abstract Tensor Forward(Tensor x);
        }

        [Module]
        public partial class Layer : Base
        {
            public override Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public async Task ForwardIsAdded()
    {
        const string Before = """
            [Module]
            public partial class {|BRACHY008:Layer|}
            {
                [Param] public partial Tensor W { get; set; }
            }
            """;
        await FixCheck.Mends<ModuleAnalyzer, ForwardFix>(Before, """
            [Module]
            public partial class Layer
            {
                [Param] public partial Tensor W { get; set; }

                public Tensor Forward(Tensor x) => throw new System.NotImplementedException();
            }
            """);
        await FixCheck.Mends<ModuleAnalyzer, ForwardFix>(Before, """
            [Module]
            public abstract partial class Layer
            {
                [Param] public partial Tensor W { get; set; }
            }
            """, offer: 1);
    }

    [Fact]
    public Task ForwardInLowerCaseIsRenamed() => FixCheck.Mends<ModuleAnalyzer, ForwardFix>(
        """
        [Module] public partial class {|BRACHY008:Layer|}
        {
            public Tensor forward(Tensor x) => x;

            public Tensor Twice(Tensor x) => forward(forward(x));
        }
        """,
        """
        [Module] public partial class Layer
        {
            public Tensor Forward(Tensor x) => x;

            public Tensor Twice(Tensor x) => Forward(Forward(x));
        }
        """);

    [Fact]
    public Task ASecondForwardIsRenamed() => FixCheck.Mends<ModuleAnalyzer, ForwardFix>(
        """
        [Module] public partial class Layer
        {
            public Tensor Forward(Tensor x) => Forward(x, x);

            public Tensor {|BRACHY009:Forward|}(Tensor x, Tensor y) => x + y;
        }
        """,
        """
        [Module] public partial class Layer
        {
            public Tensor Forward(Tensor x) => Forward2(x, x);

            public Tensor Forward2(Tensor x, Tensor y) => x + y;
        }
        """);

    [Fact]
    public Task SettingsLoseTheirSetters() => FixCheck.Mends<ModuleAnalyzer, PropertyShapeFix>(
        InLayer("""
            [Config("a")] public partial bool {|BRACHY011:A|} { get; set; } // shared
            [Config("b")] public partial bool {|BRACHY011:B|} { get; init; }
            """),
        InLayer("""
            [Config("a")] public partial bool A { get; } // shared
            [Config("b")] public partial bool B { get; }
            """));

    [Fact]
    public Task ModifiersAreRemoved() => FixCheck.Mends<GeneratorFaultAnalyzer, PropertyShapeFix>(
        InLayer("""
            [Param] public virtual partial Tensor {|BRACHY015:A|} { get; set; }
            [Param] static partial Tensor {|BRACHY015:B|} { get; set; }
            // kept
            [Param] new public partial Tensor {|BRACHY015:C|} { get; set; }
            """),
        InLayer("""
            [Param] public partial Tensor A { get; set; }
            [Param] partial Tensor B { get; set; }
            // kept
            [Param] public partial Tensor C { get; set; }
            """));

    [Theory]
    [InlineData("[Param] public partial Tensor A { get; set; }\n    [Buffer(\"a\")] public partial Tensor {|BRACHY012:B|} { get; set; }",
        "[Param] public partial Tensor A { get; set; }\n    [Buffer(\"b\")] public partial Tensor B { get; set; }")]
    [InlineData("[Param] public partial Tensor W1 { get; set; }\n    [Param] public partial Tensor {|BRACHY012:w1|} { get; set; }",
        "[Param] public partial Tensor W1 { get; set; }\n    [Param(\"w1_2\")] public partial Tensor w1 { get; set; }")]
    [InlineData("[Param(\"a\")] public partial Tensor B { get; set; }\n    public partial Brachy.NN.Linear {|BRACHY012:A|} { get; set; }",
        "[Param(\"a\")] public partial Tensor B { get; set; }\n    [Submodule(\"a_2\")] public partial Brachy.NN.Linear A { get; set; }")]
    [InlineData(
        "[Param({|BRACHY037:\"a.b\"|})] public partial Tensor A { get; set; }", "[Param(\"a_b\")] public partial Tensor A { get; set; }")]
    [InlineData("[Param({|BRACHY037:\"\"|})] public partial Tensor InProj { get; set; }",
        "[Param(\"in_proj\")] public partial Tensor InProj { get; set; }")]
    public Task Keys(string before, string after) => FixCheck.Mends<ModuleAnalyzer, KeyFix>(InLayer(before), InLayer(after));

    [Fact]
    public Task RecordsBecomeClasses() => FixCheck.Mends<GeneratorFaultAnalyzer, ModuleKindFix>(
        "[Module] public sealed partial record {|BRACHY017:Layer|} // a layer\n{\n    public Tensor Forward(Tensor x) => x;\n}",
        "[Module] public sealed partial class Layer // a layer\n{\n    public Tensor Forward(Tensor x) => x;\n}");

    [Fact]
    public Task StaticClassesBecomeOrdinary() => FixCheck.Mends<GeneratorFaultAnalyzer, ModuleKindFix>(
        "[Module] public static partial class {|BRACHY017:Layer|}\n{\n    public Tensor Forward(Tensor x) => x;\n}",
        "[Module] public partial class Layer\n{\n    public Tensor Forward(Tensor x) => x;\n}");

    [Fact]
    public Task PrimaryConstructorsAreWrittenOut() => FixCheck.Mends<GeneratorFaultAnalyzer, ModuleKindFix>(
        """
        [Module] public partial class {|BRACHY017:Layer|}(int size, double scale = 0.5)
        {
            private readonly int[] _sizes = [size];

            public Tensor Forward(Tensor x) => x * scale; // scaled
        }
        """,
        """
        [Module] public partial class Layer
        {
            [Static] private partial double Scale { get; set; }

            private readonly int[] _sizes;

            public Layer(int size, double scale = 0.5)
            {
                Scale = scale;
                _sizes = [size];
            }

            public Tensor Forward(Tensor x) => x * Scale; // scaled
        }
        """);

    [Fact]
    public Task StateIsKept() => FixCheck.Mends<ModuleAnalyzer, StateFix>(
        """
        [Module] public partial class Layer
        {
            // How many.
            private readonly int {|BRACHY018:_size|};

            public int {|BRACHY018:Width|} { get; }

            public Layer(int size)
            {
                _size = size;
                Width = size;
            }

            public Tensor Forward(Tensor x) => x * _size * this._size;
        }
        """,
        """
        [Module] public partial class Layer
        {
            // How many.
            [Static] private partial int Size { get; set; }

            [Static] public partial int Width { get; set; }

            public Layer(int size)
            {
                Size = size;
                Width = size;
            }

            public Tensor Forward(Tensor x) => x * Size * this.Size;
        }
        """);

    [Fact]
    public async Task TensorsAndModulesAreKept()
    {
        const string Before = """
            [Module] public partial class Layer
            {
                private readonly {0};

                public Layer()
                {
                }

                public Tensor Forward(Tensor x) => x;
            }
            """;
        const string After = """
            [Module] public partial class Layer
            {
                {0}

                public Layer()
                {
                    {1};
                }

                public Tensor Forward(Tensor x) => x;
            }
            """;
        await Kept("Tensor {|BRACHY018:_w|} = F.ones([1])", "[Param] private partial Tensor W { get; set; }", "W = F.ones([1])");
        await Kept("Tensor {|BRACHY018:_w|} = F.ones([1])", "[Buffer] private partial Tensor W { get; set; }", "W = F.ones([1])", 1);
        await Kept("Brachy.NN.Linear {|BRACHY018:_w|} = new(2, 1)", "private partial Brachy.NN.Linear W { get; set; }", "W = new(2, 1)");
        await Kept(
            "List<Brachy.NN.Linear> {|BRACHY018:_all|} = new()",
            "private partial Brachy.NN.ModuleList<Brachy.NN.Linear> All { get; set; }", "All = new()");

        static Task Kept(string field, string property, string assignment, int offer = 0) => FixCheck.Mends<ModuleAnalyzer, StateFix>(
            Before.Replace("{0}", field, StringComparison.Ordinal),
            After.Replace("{0}", property, StringComparison.Ordinal).Replace("{1}", assignment, StringComparison.Ordinal), offer);
    }

    [Theory]
    [InlineData("private readonly object {|BRACHY018:_gate|} = new();", "private static readonly object _gate = new();")]
    [InlineData("private System.Threading.Lock {|BRACHY018:_gate|} = new();", "private static System.Threading.Lock _gate = new();")]
    [InlineData("public event System.Action {|BRACHY018:Done|};", "public static event System.Action Done;")]
    public Task WhatAllViewsShareIsStatic(string before, string after) => FixCheck.Mends<ModuleAnalyzer, StateFix>(
        $"[Module] public partial class Layer\n{{\n    {before}\n\n    public Tensor Forward(Tensor x) => x;\n}}",
        $"[Module] public partial class Layer\n{{\n    {after}\n\n    public Tensor Forward(Tensor x) => x;\n}}");

    [Fact]
    public Task StateOfADerivedClassMakesItAModule() => FixCheck.Mends<ModuleAnalyzer, StateFix>(
        """
        [Module] public partial class Base
        {
            public virtual Tensor Forward(Tensor x) => x;
        }

        public class Layer : Base
        {
            private readonly int {|BRACHY018:_size|};

            public Layer(int size) => _size = size;
        }
        """,
        """
        [Module] public partial class Base
        {
            public virtual Tensor Forward(Tensor x) => x;
        }

        [Module]
        public partial class Layer : Base
        {
            [Static] private partial int Size { get; set; }

            public Layer(int size) => Size = size;
        }
        """, steps: 2);

    [Fact]
    public Task ConstructorsCallTheBase() => FixCheck.Mends<ModuleAnalyzer, BaseConstructorFix>(
        """
        [Module] public abstract partial class Base
        {
            protected Base(int size, double scale = 0.5) { }
        }

        [Module] public partial class {|BRACHY039:Layer|} : Base
        {
            public Tensor Forward(Tensor x) => x;
        }
        """,
        """
        [Module] public abstract partial class Base
        {
            protected Base(int size, double scale = 0.5) { }
        }

        [Module] public partial class Layer : Base
        {
            public Layer(int size, double scale = 0.5) : base(size, scale)
            {
            }

            public Tensor Forward(Tensor x) => x;
        }
        """);

    private static string InLayer(string members) =>
        "[Module] public partial class Layer\n{\n    "
        + $"{members.ReplaceLineEndings("\n    ").Replace("        ", "    ", StringComparison.Ordinal)}\n\n"
        + "    public Tensor Forward(Tensor x) => x;\n}";
}
