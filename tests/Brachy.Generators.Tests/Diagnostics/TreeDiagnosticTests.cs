namespace Brachy.Generators.Tests;

/// <summary>What is reported about [Tree] types.</summary>
public class TreeDiagnosticTests
{
    [Fact]
    public Task NotPartial() => Check("[Tree] public record {|BRACHY030:Pair|}(Tensor A);");

    [Fact]
    public Task ContainingTypeNotPartial() => Check("public class {|BRACHY002:Outer|} { [Tree] public partial record Pair(Tensor A); }");

    [Theory]
    [InlineData("class {|BRACHY031:Empty|};")]
    [InlineData("record struct {|BRACHY031:Empty|};")]
    [InlineData("class {|BRACHY031:Empty|} { public static Tensor? A; public int B => 1; }")]
    public Task WithoutMembers(string type) => Check("[Tree] public partial " + type);

    [Theory]
    [InlineData("abstract partial class {|BRACHY032:Pair|} { public Tensor? A { get; set; } }")]
    [InlineData("static partial class {|BRACHY032:Pair|};")]
    [InlineData("ref partial struct {|BRACHY032:Pair|} { public Tensor? A { get; set; } }")]
    [InlineData("partial class {|BRACHY032:Pair|}(int n) { public Tensor? A { get; set; } public int N => n; }")]
    [InlineData("partial class {|BRACHY032:Pair|} : Base { public Tensor? A { get; set; } }")]
    [InlineData("partial class {|BRACHY032:Pair|} : Module<Tensor, Tensor> { public Tensor? A { get; set; } }")]
    public Task UnsupportedKind(string type) => Check($"[Tree] public {type} public class Base;");

    [Theory]
    [InlineData("public Tensor? {|BRACHY033:A|} { get; }")]
    [InlineData("private readonly Tensor? {|BRACHY033:_a|};")]
    public Task MemberThatCannotBeSet(string member) => Check($$"""[Tree] public partial class Pair { {{member}} }""");

    [Fact]
    public Task MemberThatIsNoTree() =>
        Check("public class Batch { public Tensor? X; } [Tree] public partial record Pair(Batch {|BRACHY027:A|});");

    [Fact]
    public Task MemberThatIsATorchTensor() => Check("[Tree] public partial record Pair(TorchSharp.torch.Tensor {|BRACHY027:A|});");

    [Fact]
    public Task MemberThatIsAModule() => Check("[Tree] public partial record Pair(Brachy.NN.Linear {|BRACHY028:A|});");

    [Fact]
    public Task NothingWrong() => Check("""
        [Tree] public partial record Result(StructureTree Opt, Tensor? Loss, int Steps, Pair Pair)
        {
            public string Name { get; init; } = "";
            public bool HasLoss => Loss is not null;
        }

        [Tree] public partial struct Pair { public Tensor A; private int _b; public int B { get => _b; set => _b = value; } }
        """);

    private static Task Check(string source) => AnalyzerCheck.Reports<TreeAnalyzer>("using Brachy;\n" + source);
}
