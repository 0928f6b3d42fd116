namespace Brachy.Generators.Tests;

/// <summary>State that views do not have, or that calls leave behind: cases C5, C6 and C8, and defaults of cases C15 to C17.</summary>
public class LostStateTests
{
    [Theory]
    [InlineData("private readonly ILayer {|BRACHY018:_layer|} = new Lin();")]
    [InlineData("public ILayer {|BRACHY018:Second|} { get; set; } = new Lin();")]
    [InlineData("private object {|BRACHY018:_any|} = new Lin();")]
    [InlineData("private readonly System.Func<Tensor, Tensor> {|BRACHY018:_f|} = new Lin().Run;")]
    [InlineData("private readonly System.Random {|BRACHY018:_random|} = new();")]
    [InlineData("private readonly int[] {|BRACHY018:_sizes|} = [];")]
    [InlineData("private readonly int {|BRACHY018:_seed|} = System.Environment.ProcessId.GetHashCode();")]
    [InlineData("private readonly double _scale = 2 * System.Math.PI; private readonly string _name = nameof(Use);")]
    [InlineData("private readonly System.Func<Tensor, Tensor> _f = x => F.relu(x); private readonly ILayer? _none = null;")]
    [InlineData("private static readonly ILayer s_layer = new Lin();")]
    public Task Members(string member) => AnalyzerCheck.Reports<ModuleAnalyzer>($$"""
        #nullable enable
        using Brachy;
        public interface ILayer { Tensor Run(Tensor x); }
        public class Lin : ILayer { public Tensor Run(Tensor x) => x; }
        [Module] public partial class Use { {{member}} public Tensor Forward(Tensor x) => x; }
        """);

    [Theory]
    [InlineData("{|BRACHY045:_n|}++;")]
    [InlineData("{|BRACHY045:_n|} += 1;")]
    [InlineData("{|BRACHY045:this._n|} = 1;")]
    [InlineData("({|BRACHY045:_n|}, var other) = (1, 2);")]
    [InlineData("{|BRACHY045:Auto|} = 1;")]
    [InlineData("{|BRACHY046:S|} = 1;")]
    [InlineData("{|BRACHY046:S|}++;")]
    [InlineData("B = B + 1; var local = _n; local++; s_all++;")]
    [InlineData("var other = new Use(); other.S = 1;")]
    [InlineData("var other = new Use() { _n = 1, Auto = 1, S = 1 }; var plain = new Plain() { N = 1 };")]
    public Task WrittenInForward(string statement) => AnalyzerCheck.Reports<ForwardWriteAnalyzer>($$"""
        using Brachy;
        public class Plain { public int N { get; set; } }
        [Module] public partial class Use
        {
            private int _n = 0;
            private static int s_all;
            public int Auto { get; set; } = 0;
            [Static] public partial int S { get; set; }
            [Buffer] public partial Tensor B { get; set; }
            public Use() { _n = 1; S = 1; B = 0; }
            public void Reset() => _n = 0;
            public Tensor Forward(Tensor x) { {{statement}} return x; }
        }
        """);

    [Theory]
    [InlineData("[Config(\"k\", Default = true)] public partial bool A { get; } [Config(\"k\", Default = 3)] public partial int "
        + "{|BRACHY012:B|} { get; }")]
    [InlineData("[Config(\"k\")] public partial bool A { get; } [Config(\"k\")] public partial int {|BRACHY012:B|} { get; }")]
    [InlineData("[Config(\"k\", Default = 1)] public partial int A { get; } [Config(\"k\", Default = 2)] public partial int "
        + "{|BRACHY012:B|} { get; }")]
    [InlineData("[Config(\"k\", Default = 1)] public partial int A { get; } [Config(\"k\")] public partial int B { get; }")]
    [InlineData("[Config(\"inherited\")] public partial bool {|BRACHY012:A|} { get; }")]
    [InlineData("[Config(\"inherited\", Default = 4)] public partial int A { get; }")]
    [InlineData("[Config(\"k\", Default = 300)] public partial byte {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = -1)] public partial uint {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = 255)] public partial byte A { get; }")]
    public Task Settings(string members) => AnalyzerCheck.Reports<ModuleAnalyzer>($$"""
        using Brachy;
        [Module] public partial class Base
        {
            [Config("inherited", Default = 1)] public partial int Inherited { get; }
            public virtual Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Use : Base { {{members}} }
        """);

    [Theory]
    [InlineData("public Rec {|BRACHY047:Forward|}(Tensor x) => new(x);")]
    [InlineData("public System.Collections.Generic.IEnumerable<Tensor> {|BRACHY047:Forward|}(Tensor x) => [x];")]
    [InlineData("public Tensor Forward(Brachy.NN.Linear {|BRACHY047:layer|}, Tensor x) => x;")]
    [InlineData("public Tensor Forward(object {|BRACHY047:any|}, Tensor x) => x;")]
    [InlineData("public Tensor Forward(Tensor x, System.Random {|BRACHY047:random|}) => x;")]
    [InlineData("public Tensor Forward(Tensor x, double {|BRACHY024:p|}) => x;")]
    [InlineData("public Tensor Forward(Tensor x, float? {|BRACHY024:p|} = null) => x;")]
    [InlineData("public Tensor Forward(Tensor x, int k, bool flag, string name) => x;")]
    [InlineData("public Known Forward((Tensor, int) x, TreeValue y) => new(x.Item1);")]
    public Task WhyThereIsNoJitApply(string forward) => AnalyzerCheck.Reports<ModuleAnalyzer>($$"""
        using Brachy;
        public record Rec(Tensor A);
        [Tree] public partial record Known(Tensor A);
        [Module] public partial class Use { {{forward}} }
        """);

    [Fact]
    public void APartialMethodIsCompiled() => TestCompilation.GenerateClean("""
        using Brachy;
        public static partial class Steps
        {
            public static partial Tensor Step(Tensor x);
            [Jit] public static partial Tensor Step(Tensor x) => x;
            public static Tensor Use(Tensor x) => StepJit(x);
        }
        """);

    [Theory]
    [InlineData("[Module] public partial class Layer { [Param] public partial System.Collections.Generic.List<Tensor> W { get; set; } "
        + "public Tensor Forward(Tensor x) => x; }", "TreeValue, which also holds lists")]
    [InlineData("[Module] public partial class Layer { public Tensor forward(Tensor x) => x; }", "begins with a small letter")]
    [InlineData("[Module] public partial class Layer { public Tensor Forward => 1; }", "is no method")]
    [InlineData("public interface I { Tensor Forward(Tensor x); } "
        + "[Module] public partial class Layer : I { Tensor I.Forward(Tensor x) => x; }", "is an interface's")]
    public async Task MessagesSayWhatWasFound(string source, string text) => Assert.Contains(
        await BuildCheck.Report("using Brachy;\n" + source),
        d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains(text, StringComparison.Ordinal));

    [Theory]
    [InlineData("[Module] public partial class Block<T> { public Tensor Forward(Tensor x, T? option = default) => x; }")]
    [InlineData("[Module] public partial class Typed { [Config(\"t\", Default = typeof(int))] public partial System.Type Kind { get; } "
        + "public Tensor Forward(Tensor x) => x; }")]
    public void DefaultsAreWritten(string source) => TestCompilation.GenerateClean("#nullable enable\nusing Brachy;\n" + source);
}
