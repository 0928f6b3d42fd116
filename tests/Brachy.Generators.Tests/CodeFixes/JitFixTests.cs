using Brachy.CodeFixes;

namespace Brachy.Generators.Tests;

/// <summary>What is mended in compiled methods, their arguments, and in code that uses them.</summary>
public class JitFixTests
{
    [Fact]
    public Task MethodsBecomeStatic() => FixCheck.Mends<JitAnalyzer, JitMethodFix>(
        InSteps("// A step.\n    [Jit] public Tensor {|BRACHY020:Step|}(Tensor x) => x;\n\n    [Jit]\n    Tensor "
            + "{|BRACHY020:Other|}(Tensor x) => x; // other"),
        InSteps("// A step.\n    [Jit] public static Tensor Step(Tensor x) => x;\n\n    [Jit]\n    static Tensor Other(Tensor x) => x; // "
            + "other"));

    [Theory]
    [InlineData("params Tensor[] {|BRACHY022:x|}", "Tensor[] x")]
    [InlineData("Tensor y, /* kept */ in Tensor {|BRACHY022:x|}", "Tensor y, /* kept */ Tensor x")]
    public Task ParametersBecomeOrdinary(string before, string after) => FixCheck.Mends<JitAnalyzer, JitMethodFix>(
        InSteps($"[Jit] static int Step({before}) => 1;"), InSteps($"[Jit] static int Step({after}) => 1;"));

    [Theory]
    [InlineData("Tensor x, double {|BRACHY024:lr|}", "Tensor x, Tensor lr", 0)]
    [InlineData("Tensor x, double {|BRACHY024:lr|}", "Tensor x, [Static] double lr", 1)]
    [InlineData("Tensor x, float {|BRACHY024:a|}, float {|BRACHY024:b|}", "Tensor x, Tensor a, Tensor b", 0)]
    [InlineData("Tensor x, double? {|BRACHY024:lr|}", "Tensor x, Tensor? lr", 0)]
    [InlineData("Tensor x, [Donate] int {|BRACHY025:k|}", "Tensor x, int k", 0)]
    public Task ParametersAreTensorsOrStatic(string before, string after, int offer) => FixCheck.Mends<JitAnalyzer, ParameterFix>(
        InSteps($"[Jit] static Tensor Step({before}) => x;"), InSteps($"[Jit] static Tensor Step({after}) => x;"), offer);

    [Fact]
    public async Task AttributesWithoutEffectAreRemoved()
    {
        var before = InSteps("static Tensor Step([Donate] Tensor {|BRACHY026:x|}) => x;");
        await FixCheck.Mends<JitAnalyzer, ParameterFix>(before, InSteps("static Tensor Step(Tensor x) => x;"));
        await FixCheck.Mends<JitAnalyzer, ParameterFix>(
            before, InSteps("[Jit]\n    static Tensor Step([Donate] Tensor x) => x;"), offer: 1);
    }

    [Fact]
    public Task StaticTensorsLoseTheAttribute() => FixCheck.Mends<JitAnalyzer, PropertyRoleFix>(
        InSteps("[Jit] static Tensor Step([Static] Tensor {|BRACHY004:x|}) => x;"), InSteps("[Jit] static Tensor Step(Tensor x) => x;"));

    [Fact]
    public Task TypesBecomeTrees() => FixCheck.Mends<JitAnalyzer, MarkTreeFix>(
        InSteps("[Jit] static Tensor Step(Batch {|BRACHY027:batch|}) => batch.X;") + "\n\n// A batch.\npublic record Batch(Tensor X);",
        InSteps("[Jit] static Tensor Step(Batch batch) => batch.X;") + "\n\n// A batch.\n[Tree]\npublic partial record Batch(Tensor X);");

    [Fact]
    public Task TorchSharpsTensorIsConverted() => FixCheck.Mends<JitAnalyzer, MarkTreeFix>(
        InSteps("[Jit] static Tensor Step(TorchSharp.torch.Tensor {|BRACHY027:x|}) => x;"),
        InSteps("[Jit] static Tensor Step(Tensor x) => x;"));

    [Theory]
    [InlineData(
        "Brachy.NN.Linear {|BRACHY028:model|}, Tensor x) => model.Call(x);",
        "StructureTree model, GlobalConfig config, Tensor x) => Brachy.NN.Linear.Bind(model, config).Call(x);")]
    [InlineData(
        "Tensor x, Module<Tensor, Tensor> {|BRACHY028:model|})\n    {\n        var y = model.Call(x);\n        return model.Call(y);\n    "
        + "}",
        "Tensor x, StructureTree model, GlobalConfig config)\n    {\n        var modelView = Module<Tensor, Tensor>.Bind(model, config);\n"
        + "        var y = modelView.Call(x);\n        return modelView.Call(y);\n    }")]
    public Task ModulesArePassedAsTrees(string before, string after) => FixCheck.Mends<JitAnalyzer, ModuleParameterFix>(
        InSteps("[Jit] static Tensor Step(" + before), InSteps("[Jit] static Tensor Step(" + after));

    [Fact]
    public Task TypeArgumentsAreWritten() => FixCheck.Mends<TransformCallAnalyzer, TypeArgumentsFix>(
        InSteps("public static object F { get; } = Jit.{|BRACHY034:Compile|}(\n"
            + "        (StructureTree t, Tensor x) => (Layer.Apply(t, GlobalConfig.Empty, x).Output, 1));") + Layer,
        InSteps("public static object F { get; } = Jit.Compile<StructureTree, Tensor, (Tensor Output, int)>(\n"
            + "        (StructureTree t, Tensor x) => (Layer.Apply(t, GlobalConfig.Empty, x).Output, 1));") + Layer);

    [Theory]
    [InlineData(
        "[Jit] static Tensor Step(Tensor x, Options {|BRACHY035:options|}) => x;",
        "[Jit] static Tensor Step(Tensor x, Options options) => x;")]
    [InlineData(
        "[Jit] static Tensor Step(Tensor x, List<Options> {|BRACHY035:options|}) => x;",
        "[Jit] static Tensor Step(Tensor x, List<Options> options) => x;")]
    public Task ClassesBecomeRecords(string before, string after) => FixCheck.Mends<JitAnalyzer, MakeRecordFix>(
        InSteps(before) + "\n\n/// <summary>Options.</summary>\npublic sealed class Options { public int A { get; init; } }",
        InSteps(after) + "\n\n/// <summary>Options.</summary>\npublic sealed record Options { public int A { get; init; } }");

    [Fact]
    public Task ClassesOfPropertiesBecomeRecords() => FixCheck.Mends<ModuleAnalyzer, MakeRecordFix>(
        "public class Options { public int A { get; init; } }\n\n[Module] public partial class Layer\n{\n    [Static] public partial "
        + "Options "
        + "{|BRACHY036:Options|} { get; set; }\n\n    public Tensor Forward(Tensor x) => x;\n}",
        "public record Options { public int A { get; init; } }\n\n[Module] public partial class Layer\n{\n    [Static] public partial "
        + "Options "
        + "Options { get; set; }\n\n    public Tensor Forward(Tensor x) => x;\n}");

    [Fact]
    public Task TreesBecomePartial() => FixCheck.Mends<TreeAnalyzer, MakePartialFix>(
        "[Tree] public sealed record {|BRACHY030:Batch|}(Tensor X);", "[Tree] public sealed partial record Batch(Tensor X);");

    [Theory]
    [InlineData("public Tensor? {|BRACHY033:X|} { get; } // x", "public Tensor? X { get; init; } // x")]
    [InlineData("internal readonly int {|BRACHY033:N|};", "internal int N;")]
    public Task MembersOfTreesCanBeSet(string before, string after) => FixCheck.Mends<TreeAnalyzer, TreeMemberFix>(
        $"[Tree] public partial class Batch\n{{\n    {before}\n}}", $"[Tree] public partial class Batch\n{{\n    {after}\n}}");

    [Fact]
    public Task ModulesAreCalled() => FixCheck.Mends<ModuleCallAnalyzer, CallFix>(
        InSteps("static Tensor Run(Brachy.NN.Linear a, Brachy.NN.Linear? b, Tensor x) => "
            + "b?.{|BRACHY063:Forward|}(a.{|BRACHY063:Forward|}(x)) ?? x;"),
        InSteps("static Tensor Run(Brachy.NN.Linear a, Brachy.NN.Linear? b, Tensor x) => b?.Call(a.Call(x)) ?? x;"));

    [Fact]
    public Task MethodsAreCalledCompiled() => FixCheck.Mends<ModuleCallAnalyzer, CallFix>(
        InSteps("[Jit] public static Tensor Step(Tensor x) => x;\n\n    static Tensor A(Tensor x) => {|BRACHY064:Step|}(x); // a\n\n"
            + "    static Tensor B(Tensor x) => Steps.{|BRACHY064:Step|}(x);"),
        InSteps("[Jit] public static Tensor Step(Tensor x) => x;\n\n    static Tensor A(Tensor x) => StepJit(x); // a\n\n"
            + "    static Tensor B(Tensor x) => Steps.StepJit(x);"));

    [Fact]
    public Task ResultsOfDonatingCallsAreAssigned() => FixCheck.Mends<DonatedUseAnalyzer, DonatedUseFix>(
        InSteps("[Jit] static Tensor Step([Donate] Tensor x) => x;\n\n    static Tensor A(Tensor x)\n    {\n        // once\n        "
            + "StepJit(x);\n"
            + "        return {|BRACHY060:x|};\n    }\n\n    static void B(Tensor x)\n    {\n        while (true)\n        {\n"
            + "            StepJit({|BRACHY060:x|});\n        }\n    }"),
        InSteps("[Jit] static Tensor Step([Donate] Tensor x) => x;\n\n    static Tensor A(Tensor x)\n    {\n        // once\n        x = "
            + "StepJit(x);\n"
            + "        return x;\n    }\n\n    static void B(Tensor x)\n    {\n        while (true)\n        {\n"
            + "            x = StepJit(x);\n        }\n    }"));

    [Fact]
    public Task ConditionsBecomeChoices() => FixCheck.Mends<TracedCodeAnalyzer, ConditionFix>(
        InSteps("[Jit] static Tensor Step(Tensor x) => {|BRACHY062:(bool)(x > 0)|} ? x : (x * 2); // leaky"),
        InSteps("[Jit] static Tensor Step(Tensor x) => F.where(x > 0, x, x * 2); // leaky"));

    [Theory]
    [InlineData("bool A(Tensor x, Tensor y) => x {|BRACHY065:==|} y;", "bool A(Tensor x, Tensor y) => (bool)F.eq(x, y).all();", 0)]
    [InlineData("bool A(Tensor x, Tensor y) => x {|BRACHY065:!=|} y;", "bool A(Tensor x, Tensor y) => (bool)F.ne(x, y).any();", 0)]
    [InlineData(
        "Tensor A(Tensor x, Tensor y) => F.where(x {|BRACHY065:==|} y, x, y);",
        "Tensor A(Tensor x, Tensor y) => F.where(F.eq(x, y), x, y);", 0)]
    [InlineData("bool A(Tensor x, Tensor y) => x {|BRACHY065:!=|} y;", "bool A(Tensor x, Tensor y) => !ReferenceEquals(x, y);", 1)]
    [InlineData("bool A(Tensor x, Tensor y) => x.{|BRACHY065:Equals|}(y);", "bool A(Tensor x, Tensor y) => (bool)F.eq(x, y).all();", 0)]
    [InlineData("bool A(Tensor x, Tensor y) => {|BRACHY065:Equals(x, y)|};", "bool A(Tensor x, Tensor y) => (bool)F.eq(x, y).all();", 0)]
    public Task ElementsAreCompared(string before, string after, int offer) =>
        FixCheck.Mends<TensorEqualityAnalyzer, TensorEqualityFix>(InSteps("static " + before), InSteps("static " + after), offer);

    private const string Layer =
        "\n\n[Module] public partial class Layer { public Tensor Forward(Tensor x) => x; }";

    private static string InSteps(string members) => $"public partial class Steps\n{{\n    {members}\n}}";
}
