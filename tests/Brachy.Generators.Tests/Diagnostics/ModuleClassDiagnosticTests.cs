namespace Brachy.Generators.Tests;

/// <summary>What is reported about a module class and its Forward.</summary>
public class ModuleClassDiagnosticTests
{
    [Fact]
    public Task ClassNotPartial() => Check("""
        [Module]
        public class {|BRACHY001:Layer|}
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task ContainingTypeNotPartial() => Check("""
        public class {|BRACHY002:Outer|}
        {
            [Module]
            public partial class Layer
            {
                public Tensor Forward(Tensor x) => x;
            }
        }
        """);

    [Fact]
    public Task NoForward() => Check("""
        [Module]
        public partial class {|BRACHY008:Layer|}
        {
            [Param] public partial Tensor Weight { get; set; }
        }
        """);

    [Fact]
    public Task SeveralForwards() => Check("""
        [Module]
        public partial class Layer
        {
            public Tensor Forward(Tensor x) => x;
            public Tensor {|BRACHY009:Forward|}(Tensor x, Tensor y) => x;
        }
        """);

    [Theory]
    [InlineData("public static Tensor {|BRACHY010:Forward|}(Tensor x) => x;")]
    [InlineData("private Tensor {|BRACHY010:Forward|}(Tensor x) => x;")]
    [InlineData("public T {|BRACHY010:Forward|}<T>(T x) => x;")]
    [InlineData("public void {|BRACHY010:Forward|}(Tensor x) { }")]
    [InlineData("public async System.Threading.Tasks.Task<Tensor> {|BRACHY010:Forward|}(Tensor x) => x;")]
    [InlineData("public System.Threading.Tasks.ValueTask<Tensor> {|BRACHY010:Forward|}(Tensor x) => new(x);")]
    [InlineData("public ref Tensor {|BRACHY010:Forward|}(Tensor[] x) => ref x[0];")]
    [InlineData("internal Tensor {|BRACHY010:Forward|}(Hidden x) => null!; internal class Hidden;")]
    [InlineData("public Tensor Forward(ref Tensor {|BRACHY010:x|}) => x;")]
    [InlineData("public Tensor Forward(in Tensor {|BRACHY010:x|}) => x;")]
    [InlineData("public Tensor Forward(Tensor x, out int {|BRACHY010:y|}) => throw null!;")]
    [InlineData("public Tensor Forward(params Tensor[] {|BRACHY010:x|}) => x[0];")]
    [InlineData("public Tensor Forward(System.ReadOnlySpan<Tensor> {|BRACHY010:x|}) => x[0];")]
    public Task ForwardSignature(string forward) => Check($$"""
        [Module]
        public partial class Layer
        {
            {{forward}}
        }
        """);

    [Fact]
    public Task UnsuitableBaseClass() => Check("""
        public class Base;

        [Module]
        public partial class {|BRACHY013:Layer|} : Base
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task BaseClassOfAnotherSignature() => Check("""
        [Module]
        public partial class {|BRACHY013:Layer|} : Module<Tensor, int>
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Theory]
    [InlineData("public partial record {|BRACHY017:Layer|}")]
    [InlineData("public static partial class {|BRACHY017:Layer|}")]
    [InlineData("public abstract partial class {|BRACHY017:Layer|}(int size)")]
    [InlineData("public partial class {|BRACHY017:Layer|}(int size)")]
    public Task UnsupportedKind(string declaration) => Check($$"""
        [Module]
        {{declaration}}
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);

    private static Task Check(string source) => AnalyzerCheck.Reports<ModuleAnalyzer>("using Brachy;\n" + source);
}
