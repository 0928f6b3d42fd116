using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>What is reported about calls of Forward, of uncompiled methods, and about tensors compared as objects.</summary>
public class ModuleCallDiagnosticTests
{
    private const string Modules = """
        [Module] public partial class Inner { public virtual Tensor Forward(Tensor x) => x; }

        """;

    [Theory]
    [InlineData("public partial Inner A { get; set; } public Outer() { A = new(); } public Tensor Forward(Tensor x) => "
        + "A.{|BRACHY063:Forward|}(x);")]
    [InlineData("public partial Brachy.NN.Linear A { get; set; } public Tensor Forward(Tensor x) { var a = A; return "
        + "a.{|BRACHY063:Forward|}(x); }")]
    [InlineData("public partial Inner? A { get; set; } public Tensor Forward(Tensor x) => A?.{|BRACHY063:Forward|}(x) ?? x;")]
    [InlineData(
        "public partial Inner A { get; set; } public Tensor Forward(Tensor x) => new[] { x }.Select(A.{|BRACHY063:Forward|}).First();")]
    [InlineData("public Tensor Forward(Tensor x) => new Inner().{|BRACHY063:Forward|}(x);")]
    [InlineData("public Tensor Forward(Tensor x) => x; public Tensor Twice(Outer other, Tensor x) => other.{|BRACHY063:Forward|}(x);")]
    public Task ForwardOfASubmodule(string members) => Calls(Modules + $"[Module] public partial class Outer {{ {members} }}");

    [Theory]
    [InlineData("static Tensor Run(Inner a, Tensor x) => a.{|BRACHY063:Forward|}(x);")]
    [InlineData("[Jit] static Tensor Run(StructureTree a, GlobalConfig c, Tensor x) => Inner.Bind(a, c).{|BRACHY063:Forward|}(x);")]
    [InlineData(
        "static object Run() => Jit.Compile((StructureTree a, GlobalConfig c, Tensor x) => Inner.Bind(a, c).{|BRACHY063:Forward|}(x));")]
    public Task ForwardOfAModule(string members) => Calls(Modules + $"public partial class Steps {{ {members} }}");

    [Theory]
    [InlineData("[Module] public partial class Outer : Inner { public override Tensor Forward(Tensor x) => base.Forward(x) * 2; }")]
    [InlineData("[Module] public partial class Outer { public Tensor Forward(Tensor x) => x; public Tensor Twice(Tensor x) => "
        + "Forward(this.Forward(x)); }")]
    [InlineData(
        "[Module] public partial class Outer { public partial Inner A { get; set; } public Tensor Forward(Tensor x) => A.Call(x); }")]
    [InlineData("public class Plain { public int Forward(int x) => x; public int Run(Plain other) => other.Forward(1); }")]
    [InlineData("public class Steps { object F() => new Brachy.Trees.ApplyFn<Tensor, Tensor>(\"a\", (tree, config, x) => Inner.Bind(tree, "
        + "config).Forward(x)); }")]
    [InlineData("public class Steps { static Tensor Run(StructureTree t, GlobalConfig c, Tensor x) { var a = Inner.Bind(t, c); return "
        + "a.Forward(x); } }")]
    [InlineData("public class Steps { static void Run(Func<Inner, Tensor, Tensor> Forward, Inner a, Tensor x) => Forward(a, x); }")]
    public Task ForwardThatIsMeant(string types) => Calls(Modules + types);

    [Theory]
    [InlineData("static Tensor Run(Tensor x) => {|BRACHY064:Step|}(x);")]
    [InlineData("static Tensor Run(Tensor x) { for (var i = 0; i < 3; i++) { x = Steps.{|BRACHY064:Step|}(x); } return x; }")]
    [InlineData("static object Run() { Func<Tensor, Tensor> f = x => {|BRACHY064:Step|}(x); return f; }")]
    public Task CalledUncompiled(string members) => Calls(Jitted(members));

    [Theory]
    [InlineData("static Tensor Run(Tensor x) => StepJit(x);")]
    [InlineData("[Jit(Intercept = true)] static Tensor Fast(Tensor x) => x; static Tensor Run(Tensor x) => Fast(x);")]
    [InlineData("[Jit] static Tensor Run(Tensor x) => Step(x);")]
    [InlineData("static object Run() => Jit.Compile((Tensor x) => Step(x));")]
    [InlineData("static object Run() => Grad.Of((Tensor x) => Step(x).sum());")]
    [InlineData("[Module] public partial class Layer { public Tensor Forward(Tensor x) => Step(x); }")]
    [InlineData("static Tensor Run(Tensor x, bool compiled) => compiled ? StepJit(x) : Step(x);")]
    [InlineData("static Tensor Other(Tensor x) => x; static Tensor Run(Tensor x) => Other(x);")]
    [InlineData("static object Run() => Jit.Compile<Tensor, Tensor>(Step);")]
    public Task CalledAsMeant(string members) => Calls(Jitted(members));

    [Fact]
    public Task TestsMayCallBoth() => AnalyzerCheck.Reports<ModuleCallAnalyzer>(
        "using Brachy;\n" + Modules + Jitted("static Tensor Run(Inner a, Tensor x) => Step(a.Forward(x));"),
        MetadataReference.CreateFromFile(typeof(FactAttribute).Assembly.Location));

    [Theory]
    [InlineData("var a = x {|BRACHY065:==|} y;")]
    [InlineData("var a = x {|BRACHY065:!=|} y;")]
    [InlineData("if (x {|BRACHY065:==|} (Tensor)0) { }")]
    [InlineData("var a = F.where(x {|BRACHY065:==|} y, x, y);")]
    [InlineData("var a = x.{|BRACHY065:Equals|}(y);")]
    [InlineData("var a = x.{|BRACHY065:Equals|}(0);")]
    [InlineData("var a = {|BRACHY065:Equals(x, y)|};")]
    public Task ComparedAsObjects(string code) => Equality(code);

    [Theory]
    [InlineData("var a = x == null || null != y || x is null;")]
    [InlineData("var a = ReferenceEquals(x, y);")]
    [InlineData("var a = (object)x == (object)y;")]
    [InlineData("var a = F.eq(x, y); var b = x > y; var c = x.shape == y.shape; var d = x.dtype == DType.Float32;")]
    [InlineData("var a = x.shape.Equals(y.shape); var b = 1 == 2; var c = \"a\".Equals(\"b\"); var d = Equals(1, 2);")]
    [InlineData("var a = Equals(x, null);")]
    public Task ComparedAsMeant(string code) => Equality(code);

    private static string Jitted(string members) =>
        $"public partial class Steps {{ [Jit] public static Tensor Step(Tensor x) => x + 1; {members} }}";

    private static Task Calls(string source) =>
        AnalyzerCheck.Reports<ModuleCallAnalyzer>($"using System;\nusing System.Linq;\nusing Brachy;\n{source}");

    private static Task Equality(string code) => AnalyzerCheck.Reports<TensorEqualityAnalyzer>(
        $$"""using Brachy; public class Code { static void Run(Tensor x, Tensor y) { {{code}} } }""");
}
