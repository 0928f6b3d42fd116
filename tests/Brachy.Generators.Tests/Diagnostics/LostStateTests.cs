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
    [InlineData("System.Threading.Interlocked.Increment(ref {|BRACHY045:_n|});")]
    [InlineData("Bump(ref {|BRACHY045:_n|}); Read(in _n);")]
    [InlineData("int.TryParse(\"1\", out {|BRACHY045:_n|});")]
    [InlineData("new Plain(out {|BRACHY045:_n|});")]
    [InlineData("ref var n = ref {|BRACHY045:_n|}; n = 1;")]
    [InlineData("ref readonly var n = ref _n;")]
    [InlineData("{|BRACHY045:_array|}[0] = 1;")]
    [InlineData("{|BRACHY045:_array|}[0]++;")]
    [InlineData("{|BRACHY045:_array|}[^1] += 1;")]
    [InlineData("Bump(ref {|BRACHY045:_array|}[0]);")]
    [InlineData("{|BRACHY045:_list|}[0] = 1;")]
    [InlineData("{|BRACHY045:_list|}.Add(1);")]
    [InlineData("{|BRACHY045:_list|}?.Clear();")]
    [InlineData("{|BRACHY045:_text|}.Append(1);")]
    [InlineData("{|BRACHY045:_seen|}[\"a\"] = 1; {|BRACHY045:_seen|}.TryAdd(\"b\", 2);")]
    [InlineData("{|BRACHY045:_lazy|} ??= new();")]
    [InlineData("{|BRACHY045:_point|}.X = 1; {|BRACHY045:_point|}.Y++;")]
    [InlineData("{|BRACHY045:_plain|}.N = 1;")]
    [InlineData("{|BRACHY045:_plain|}.Inner.N++;")]
    [InlineData("({|BRACHY045:_n|}, ({|BRACHY045:Auto|}, _)) = (1, (2, 3));")]
    [InlineData("({|BRACHY045:_n|}, {|BRACHY046:S|}) = (S, _n);")]
    [InlineData("{|BRACHY045:Done|} += () => { };")]
    [InlineData("{|BRACHY046:Sizes|}[0] = 1;")]
    [InlineData("{|BRACHY046:Names|}.Add(\"a\");")]
    [InlineData("System.Action a = () => {|BRACHY045:_n|}++; a();")]
    [InlineData("void Local() { {|BRACHY045:_n|}++; } Local();")]
    [InlineData("var copy = _list.ToArray(); copy[0] = 1; var sum = _array[0] + _list.Count + _point.X; _list.Contains(1);")]
    [InlineData("s_shared.Add(1); _shared.Add(1); _shared[0] = 2;")]
    [InlineData("_immutable.Add(1);")]
    [InlineData("var mine = new System.Collections.Generic.List<int>(); mine.Add(1); mine[0] = 2;")]
    [InlineData("Inner.B = x; x[0] = 1;")]
    public Task WrittenInForward(string statement) => AnalyzerCheck.Reports<ForwardWriteAnalyzer>($$"""
        using Brachy;
        public class Plain
        {
            public Plain() { }
            public Plain(out int n) => n = 1;
            public int N { get; set; }
            public Plain Inner { get; set; }
        }
        public struct Point { public int X { get; set; } public int Y; }
        [Module] public partial class Sub
        {
            [Buffer] public partial Tensor B { get; set; }
            public Sub() => B = 0;
            public Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Use
        {
            private static readonly System.Collections.Generic.List<int> s_shared = [];
            private readonly System.Collections.Generic.List<int> _shared = s_shared;
            private readonly System.Collections.Generic.List<int> _list = [];
            private readonly System.Collections.Immutable.ImmutableArray<int> _immutable = [];
            private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> _seen = new();
            private readonly System.Text.StringBuilder _text = new();
            private readonly int[] _array = [1];
            private System.Collections.Generic.List<int> _lazy = null;
            private Point _point;
            private Plain _plain = new();
            public event System.Action Done;
            [Static] public partial int[] Sizes { get; set; }
            [Static] public partial System.Collections.Generic.List<string> Names { get; set; }
            public partial Sub Inner { get; set; }
            private static void Bump(ref int n) => n++;
            private static void Read(in int n) { }
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
    [InlineData("private void Count() => {|BRACHY045:_n|}++; public Tensor Forward(Tensor x) { Count(); return x; }")]
    [InlineData("void A() => B(); void B() { C(); A(); } void C() => {|BRACHY046:S|}++; "
        + "public Tensor Forward(Tensor x) { A(); return x; }")]
    [InlineData("private int Next { get { {|BRACHY045:_n|}++; return 1; } } public Tensor Forward(Tensor x) => x * Next;")]
    [InlineData("private int Last { set => {|BRACHY045:_n|} = value; } public Tensor Forward(Tensor x) { Last = 2; return x; }")]
    [InlineData("private int Last { get => _n; set => _n = value; } public Tensor Forward(Tensor x) => x * Last;")]
    [InlineData("private int this[int i] { get => {|BRACHY045:_n|}++; } public Tensor Forward(Tensor x) => x * this[0];")]
    [InlineData("private Tensor Twice(Tensor x) { {|BRACHY045:_n|}++; return x; } "
        + "public Tensor Forward(Tensor x) { System.Func<Tensor, Tensor> f = Twice; return f(x); }")]
    [InlineData("private Tensor Forward(Tensor x, int k) { {|BRACHY045:_n|} = k; return x; } "
        + "public Tensor Forward(Tensor x) => Forward(x, 1);")]
    [InlineData("protected virtual void Count() => {|BRACHY045:_n|}++; public Tensor Forward(Tensor x) { Count(); return x; }")]
    [InlineData("private void Count() => _n++; public void Reset() => Count(); public Tensor Forward(Tensor x) => x;")]
    [InlineData("private void Count() => _n++; public Tensor Forward(Tensor x) { new Use().Count(); return x; }")]
    [InlineData("private void Count() { var _n = 1; _n++; } public Tensor Forward(Tensor x) { Count(); return x; }")]
    [InlineData("private string Name() => nameof(_n); public Tensor Forward(Tensor x) { Name(); return x; }")]
    public Task WrittenInWhatForwardCalls(string members) => AnalyzerCheck.Reports<ForwardWriteAnalyzer>($$"""
        using Brachy;
        [Module] public partial class Use
        {
            private int _n = 0;
            [Static] public partial int S { get; set; }
            public Use() { _n = 1; S = 1; }
            {{members}}
        }
        """);

    /// <summary>What a base writes is reported there, if its own Forward runs it, and else where this class has it run.</summary>
    [Fact]
    public Task WrittenInAnotherClassOfTheSameObject() => AnalyzerCheck.Reports<ForwardWriteAnalyzer>("""
        using Brachy;
        [Module] public abstract partial class Template
        {
            protected int _n = 0;
            protected void Count() => _n++;
            protected abstract Tensor Core(Tensor x);
            public Tensor Forward(Tensor x) => Core(x);
        }
        [Module] public partial class Overrides : Template
        {
            private int _own = 0;
            protected override Tensor Core(Tensor x) { {|BRACHY045:_own|}++; {|BRACHY045:Count()|}; return x; }
        }
        [Module] public partial class Counting
        {
            private int _n = 0;
            protected void Count() => {|BRACHY045:_n|}++;
            public virtual Tensor Forward(Tensor x) { Count(); return x; }
        }
        [Module] public partial class CountsToo : Counting { public override Tensor Forward(Tensor x) { Count(); return base.Forward(x); } }
        [Module] public partial class Inherits : Counting;
        [Module] public partial class Leaf { public Tensor Forward(Tensor x) => x; }
        [Module] public abstract partial class Holds
        {
            public partial Leaf Inner { get; set; }
            protected Holds() => Inner = new();
            protected Tensor Both(Tensor x) => Inner.Call(x);
        }
        [Module] public partial class Uses : Holds { public Tensor Forward(Tensor x) => Both(Inner.Call(x)); }
        """);

    [Fact]
    public async Task TheMessageNamesTheMethod()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            [Module] public partial class Use
            {
                private int _n = 0;
                public int N => _n;
                private void Count() => _n++;
                public Tensor Forward(Tensor x) { Count(); return x; }
            }
            """);
        Assert.Equal(
            "Forward, through 'Count', writes '_n', which is not kept in the tree, so the next call does not see it; declare it a partial "
            + "property with [Buffer], and write a tensor",
            Assert.Single(reported, d => d.Id == "BRACHY045").GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("private static readonly Lin s_l = new(); public Tensor Forward(Tensor x) => {|BRACHY052:s_l|}.Call(x);")]
    [InlineData("public Tensor Forward(Tensor x) => {|BRACHY052:Shared.Kept|}.Call(x);")]
    [InlineData("private static Lin L => {|BRACHY052:Shared.Head|}; public Tensor Forward(Tensor x) => L.Call(x);")]
    [InlineData("public Tensor Forward(Tensor x) => {|BRACHY052:Shared.Head|}.Call(x);")]
    [InlineData("public Tensor Forward(Tensor x) => {|BRACHY052:Shared.Make()|}.Call(x);")]
    [InlineData("public Tensor Forward(Tensor x) => {|BRACHY052:Shared.All|}[\"a\"].Call(x);")]
    [InlineData("private static readonly Module<Tensor, Tensor> s_l = new Lin(); "
        + "public Tensor Forward(Tensor x) => {|BRACHY052:s_l|}.Call(x);")]
    [InlineData("private static readonly Brachy.NN.Sequential s_l = new(new Lin()); "
        + "public Tensor Forward(Tensor x) => {|BRACHY052:s_l|}.Call(x);")]
    [InlineData("private static readonly Lin s_l = new(); private Tensor Run(Tensor x) => {|BRACHY052:s_l|}.Call(x); "
        + "public Tensor Forward(Tensor x) => Run(x);")]
    [InlineData("private static readonly Brachy.NN.ReLU s_l = new(); public Tensor Forward(Tensor x) => s_l.Call(x);")]
    [InlineData("public static readonly Use Instance = new(); public Tensor Forward(Tensor x) => x;")]
    [InlineData("public static Use Instance { get; } = new(); public Tensor Forward(Tensor x) => x;")]
    [InlineData("private static Lin Head { get; set; } = new(); public Tensor Forward(Tensor x) => {|BRACHY052:Head|}.Call(x);")]
    [InlineData("private static readonly Lin s_l = new(); public static Tensor Run(Tensor x) => s_l.Call(x); "
        + "public Tensor Forward(Tensor x) => x;")]
    [InlineData("private static readonly Tensor s_t = F.ones([1]); public Tensor Forward(Tensor x) => x * s_t;")]
    [InlineData("public partial Lin L { get; set; } public Use() => L = new(); public Tensor Forward(Tensor x) => L.Call(x);")]
    public Task StaticModules(string members) => AnalyzerCheck.Reports<StaticModuleAnalyzer>($$"""
        using Brachy;
        [Module] public partial class Lin
        {
            [Param] public partial Tensor W { get; set; }
            public Lin() => W = F.ones([1]);
            public Tensor Forward(Tensor x) => x * W;
        }
        public static class Shared
        {
            public static readonly Lin Head = new();
            public static Lin Kept { get; } = new();
            public static readonly System.Collections.Generic.Dictionary<string, Lin> All = new();
            private static Lin s_made;
            public static Lin Make() => s_made ?? new();
        }
        [Module] public partial class Use { {{members}} }
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
    [InlineData("[Config(\"k\", Default = 1.5)] public partial int {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = 3e9)] public partial int {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = 1e30)] public partial long {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = double.NaN)] public partial int {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = 1e300)] public partial float {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = 2.0)] public partial int A { get; }")]
    [InlineData("[Config(\"k\", Default = 0.1)] public partial float A { get; }")]
    [InlineData("[Config(\"k\", Default = double.PositiveInfinity)] public partial float A { get; }")]
    [InlineData("[Config(\"k\", Default = null)] public partial string {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = null)] public partial string? A { get; }")]
    [InlineData("[Config(\"k\", Default = null)] public partial int {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"k\", Default = null)] public partial int? A { get; }")]
    [InlineData("public partial Reader? Sub { get; set; } [Config(\"shared\")] public partial string {|BRACHY012:A|} { get; }")]
    [InlineData("public partial Holder? Sub { get; set; } [Config(\"shared\")] public partial bool {|BRACHY012:A|} { get; }")]
    [InlineData("public partial Holder? Sub { get; set; } public partial Other? {|BRACHY012:Second|} { get; set; }")]
    [InlineData("public partial Reader? Sub { get; set; } [Config(\"shared\")] public partial double A { get; }")]
    [InlineData("public partial Reader? Sub { get; set; } public partial Holder? Second { get; set; }")]
    [InlineData("public partial Brachy.NN.Dropout? Sub { get; set; } [Config(\"train_mode\")] public partial int {|BRACHY012:A|} { get; }")]
    [InlineData("public partial Brachy.NN.Dropout? Sub { get; set; } [Config(\"train_mode\")] public partial bool A { get; }")]
    public Task Settings(string members) => AnalyzerCheck.Reports<ModuleAnalyzer>($$"""
        using Brachy;
        [Module] public partial class Base
        {
            [Config("inherited", Default = 1)] public partial int Inherited { get; }
            public virtual Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Reader
        {
            [Config("shared", Default = 1)] public partial int Shared { get; }
            public Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Holder
        {
            public partial Reader? Inner { get; set; }
            public partial Holder? Again { get; set; }
            public Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Other
        {
            [Config("shared")] public partial string Shared { get; }
            public Tensor Forward(Tensor x) => x;
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
