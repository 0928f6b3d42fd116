using Brachy.CodeFixes;

namespace Brachy.Generators.Tests;

/// <summary>Code that is laid out, named or nested in unusual ways keeps its remarks, and still compiles when it is mended.</summary>
public class OddLayoutTests
{
    [Theory]
    [InlineData(
        "[Static] /* why */ public partial Brachy.NN.Linear {|BRACHY004:W|} { get; set; }",
        "/* why */ public partial Brachy.NN.Linear W { get; set; }")]
    [InlineData(
        "// The first.\n    [Static] // why\n    public partial Brachy.NN.Linear {|BRACHY004:W|} { get; set; }",
        "// The first.\n    // why\n    public partial Brachy.NN.Linear W { get; set; }")]
    [InlineData(
        "[System.Obsolete]\n    [Static] // why\n    public partial Brachy.NN.Linear {|BRACHY004:W|} { get; set; }",
        "[System.Obsolete]\n    // why\n    public partial Brachy.NN.Linear W { get; set; }")]
    public Task RemarksBesideAttributesStay(string before, string after) =>
        FixCheck.Mends<ModuleAnalyzer, PropertyRoleFix>(InLayer(before), InLayer(after));

    /// <summary>What a property computes is its first value, unless it asks the module, which has none yet.</summary>
    [Theory]
    [InlineData("[Param] Tensor {|BRACHY003:W|} => F.ones([1]).sum();", "[Param] partial Tensor W { get; set; }", "W = F.ones([1]).sum();")]
    [InlineData("[Param] Tensor {|BRACHY003:W|} => this.Other();", "[Param] partial Tensor W { get; set; }", "")]
    [InlineData("[Param] Tensor {|BRACHY003:W|} => Other();", "[Param] partial Tensor W { get; set; }", "")]
    [InlineData(
        "[Config(\"n\", Default = 2)] public int {|BRACHY003:N|} { get; }", "[Config(\"n\", Default = 2)] public partial int N { get; }",
        "")]
    [InlineData(
        "[Config(\"n\")] public int {|BRACHY003:N|} { get; } = 2;", "[Config(\"n\", Default = 2)] public partial int N { get; }", "")]
    [InlineData(
        "[Config(\"n\")] public int {|BRACHY003:N|}\n    {\n        get => 2;\n    }",
        "[Config(\"n\", Default = 2)] public partial int N { get; }", "")]
    [InlineData(
        "[Param] public Tensor {|BRACHY003:W|}\n    {\n        get\n        {\n            return F.ones([1]);\n        }\n    }",
        "[Param] public partial Tensor W { get; set; }", "W = F.ones([1]);")]
    public Task FirstValuesAreKept(string before, string after, string assigned) => FixCheck.Mends<ModuleAnalyzer, PartialPropertyFix>(
        InLayer(before + "\n\n    public Layer()\n    {\n    }\n\n    private static Tensor Made() => F.ones([1]);\n\n    private Tensor "
            + "Other() => F.ones([1]);"),
        InLayer(after + "\n\n    public Layer()\n    {\n"
            + (assigned.Length == 0 ? "" : $"        {assigned}\n")
            + "    }\n\n    private static Tensor Made() => F.ones([1]);\n\n    private Tensor Other() => F.ones([1]);"));

    [Fact]
    public Task ConstructorsInAnotherPart() => FixCheck.Mends<ModuleAnalyzer, PartialPropertyFix>(
        """
        [Module] public partial class Layer
        {
            [Param] public Tensor {|BRACHY003:W|} { get; set; } = F.ones([1]);

            public Tensor Forward(Tensor x) => x * W;
        }

        public partial class Layer
        {
            static Layer() { }

            internal Layer(int size)
            {
                System.GC.KeepAlive(size);
            }
        }
        """,
        """
        [Module] public partial class Layer
        {
            [Param] public partial Tensor W { get; set; }

            public Tensor Forward(Tensor x) => x * W;
        }

        public partial class Layer
        {
            static Layer() { }

            internal Layer(int size)
            {
                W = F.ones([1]);
                System.GC.KeepAlive(size);
            }
        }
        """);

    [Fact]
    public Task PrimaryConstructorsOfSettings() => FixCheck.Mends<GeneratorFaultAnalyzer, ModuleKindFix>(
        """
        [Module] public abstract partial class {|BRACHY017:Layer|}(int size, double Scale, int forward)
        {
            [Static] public partial int Size { get; set; } = {|BRACHY053:size|};

            public Tensor Forward(Tensor x) => x * size * Scale * forward;
        }
        """,
        """
        [Module] public abstract partial class Layer
        {
            [Static] private partial double Scale { get; set; }

            [Static] private partial int ForwardValue { get; set; }

            [Static] public partial int Size { get; set; }

            protected Layer(int size, double Scale, int forward)
            {
                this.Scale = Scale;
                ForwardValue = forward;
                Size = size;
            }

            public Tensor Forward(Tensor x) => x * Size * Scale * ForwardValue;
        }
        """, steps: 1);

    [Fact]
    public Task ConstructorsOfGenericBases() => FixCheck.Mends<ModuleAnalyzer, BaseConstructorFix>(
        """
        [Module] public abstract partial class Base<T>
        {
            protected Base(T @class, List<T>? all = null) { }

            [Static] public partial int N { get; set; }
        }

        [Module] public abstract partial class {|BRACHY039:Layer|} : Base<int>
        {
            public abstract Tensor Forward(Tensor x);
        }
        """,
        """
        [Module] public abstract partial class Base<T>
        {
            protected Base(T @class, List<T>? all = null) { }

            [Static] public partial int N { get; set; }
        }

        [Module] public abstract partial class Layer : Base<int>
        {
            protected Layer(int @class, List<int>? all = null) : base(@class, all)
            {
            }

            public abstract Tensor Forward(Tensor x);
        }
        """);

    [Fact]
    public async Task EachConstructorOfABaseIsAnOffer()
    {
        const string Before = """
            [Module] public abstract partial class Base
            {
                protected Base(int size) { }
                protected Base(int size, double scale) { }
            }

            [Module] public partial class {|BRACHY039:Layer|} : Base
            {
                public Tensor Forward(Tensor x) => x;
            }
            """;
        foreach (var (offer, declared, given) in new[] { (0, "int size", "size"), (1, "int size, double scale", "size, scale") })
        {
            await FixCheck.Mends<ModuleAnalyzer, BaseConstructorFix>(
                Before, Before.Replace("{|BRACHY039:Layer|}", "Layer", StringComparison.Ordinal)
                    .Replace(
                        "    public Tensor", $"    public Layer({declared}) : base({given})\n    {{\n    }}\n\n    public Tensor",
                        StringComparison.Ordinal), offer);
        }
    }

    /// <summary>What is inserted has the line ends of its file.</summary>
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task LineEndsAreThoseOfTheFile(string lineEnd)
    {
        await FixCheck.Mends<ModuleAnalyzer, PartialPropertyFix>(
            """
            [Module] public partial class Layer
            {
                [Param] public Tensor {|BRACHY003:W|} { get; set; } = F.ones([1]);
                [Param] public Tensor {|BRACHY003:V|} { get; set; } = F.ones([1]);

                public Tensor Forward(Tensor x) => x * W * V;
            }
            """,
            """
            [Module] public partial class Layer
            {
                [Param] public partial Tensor W { get; set; }
                [Param] public partial Tensor V { get; set; }

                public Layer()
                {
                    W = F.ones([1]);
                    V = F.ones([1]);
                }

                public Tensor Forward(Tensor x) => x * W * V;
            }
            """, lineEnd: lineEnd);
        await FixCheck.Mends<GeneratorFaultAnalyzer, ModuleKindFix>(
            """
            [Module] public partial class {|BRACHY017:Layer|}(int size)
            {
                public Tensor Forward(Tensor x) => x * size;
            }
            """,
            """
            [Module] public partial class Layer
            {
                [Static] private partial int Size { get; set; }

                public Layer(int size)
                {
                    Size = size;
                }

                public Tensor Forward(Tensor x) => x * Size;
            }
            """, lineEnd: lineEnd);
        await FixCheck.Mends<GeneratorFaultAnalyzer, MarkModuleFix>(
            """
            public class Layer
            {
                [Param] public partial Tensor {|BRACHY007:W|} { get; set; }

                public Tensor Forward(Tensor x) => x * W;
            }
            """,
            """
            [Module]
            public partial class Layer
            {
                [Param] public partial Tensor W { get; set; }

                public Tensor Forward(Tensor x) => x * W;
            }
            """, lineEnd: lineEnd);
    }

    /// <summary>Mends after which the code would not compile are not offered.</summary>
    [Theory]
    [InlineData(
        "[Jit] static Tensor Step(Tensor x, double {|BRACHY024:lr|} = 0.5) => x;",
        "[Jit] static Tensor Step(Tensor x, [Static] double lr = 0.5) => x;")]
    [InlineData(
        "[Jit] static Tensor Step(Tensor x, double? {|BRACHY024:lr|} = null) => x;",
        "[Jit] static Tensor Step(Tensor x, Tensor? lr = null) => x;")]
    public Task TheFirstOfferCompiles(string before, string after) => FixCheck.Mends<JitAnalyzer, ParameterFix>(
        $"static partial class Steps\n{{\n    {before}\n}}", $"static partial class Steps\n{{\n    {after}\n}}");

    [Fact]
    public Task SealedModulesAreNotMadeAbstract() => FixCheck.Offers<ModuleAnalyzer, ForwardFix>(
        "[Module] public sealed partial class {|BRACHY008:Layer|} { }", "Add Forward");

    [Fact]
    public Task ConditionsThatChooseNumbersAreLeft() => FixCheck.Offers<TracedCodeAnalyzer, ConditionFix>(
        "static partial class Steps { [Jit] static Tensor Step(Tensor x) => x * ({|BRACHY062:(bool)(x > 0)|} ? 1.0 : 2.0); }");

    [Fact]
    public Task VirtualMethodsAreNotMadeStatic() => FixCheck.Offers<JitAnalyzer, JitMethodFix>(
        "partial class Steps { [Jit] public virtual Tensor {|BRACHY020:Step|}(Tensor x) => x; }");

    [Fact]
    public Task BasesOfOthersAreNotMadeRecords() => FixCheck.Offers<JitAnalyzer, MakeRecordFix>(
        "static partial class Steps { [Jit] static Tensor Step(Tensor x, Options {|BRACHY035:o|}) => x; }\n"
        + "public class Options { public int A { get; init; } }\npublic class More : Options { public int B { get; init; } }");

    [Fact]
    public Task ConditionalCallsOfEqualsAreLeft() => FixCheck.Offers<TensorEqualityAnalyzer, TensorEqualityFix>(
        "static class Steps { static bool A(Tensor? x, Tensor y) => x?{|BRACHY065:.Equals|}(y) == true; }");

    private static string InLayer(string members) =>
        $"[Module] public partial class Layer\n{{\n    {members}\n\n    public Tensor Forward(Tensor x) => x;\n}}";
}
