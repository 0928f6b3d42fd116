using System.Globalization;

namespace Brachy.Generators.Tests;

/// <summary>Members of modules that a constructor leaves unassigned are reported; those that are assigned in any way are not.</summary>
public class UnassignedMemberDiagnosticTests
{
    [Theory]
    [InlineData("[Param] public partial Tensor {|BRACHY050:W|} { get; set; }")]
    [InlineData("[Buffer] public partial Tensor {|BRACHY050:W|} { get; set; }")]
    [InlineData("[Buffer] public partial RngKey {|BRACHY050:W|} { get; set; }")]
    [InlineData("[Param] public partial StructureTree {|BRACHY050:W|} { get; init; }")]
    [InlineData("[Static] public partial string {|BRACHY050:W|} { get; set; }")]
    [InlineData("[Static] public partial int {|BRACHY050:W|} { get; set; }")]
    [InlineData("public partial Linear {|BRACHY050:W|} { get; set; }")]
    [InlineData("[Submodule] private partial ModuleList<Linear> {|BRACHY050:W|} { get; set; }")]
    [InlineData("public partial Module<Tensor, Tensor> {|BRACHY050:W|} { get; set; }")]
    [InlineData("[Param] public partial Tensor {|BRACHY050:W|} { get; }")]
    [InlineData("[Param] public partial Tensor? W { get; set; }")]
    [InlineData("[Buffer] public partial RngKey? W { get; set; }")]
    [InlineData("[Static] public partial string? W { get; set; }")]
    [InlineData("[Static] public partial int? W { get; set; }")]
    [InlineData("public partial Linear? W { get; set; }")]
    [InlineData("[Param] public required partial Tensor W { get; set; }")]
    [InlineData("[Config(\"w\")] public partial int W { get; }")]
    [InlineData("public int W => 3;")]
    public Task OfAClassWithoutConstructors(string member) => Check($$"""
        [Module] public partial class Layer { {{member}} public Tensor Forward(Tensor x) => x; }
        """);

    [Theory]
    [InlineData("W = F.ones([1]);")]
    [InlineData("this.W = F.ones([1]);")]
    [InlineData("(W, var n) = (F.ones([1]), 3);")]
    [InlineData("((W, _), _) = ((F.ones([1]), 2), 3);")]
    [InlineData("Make(out var made); W = made;")]
    [InlineData("if (c) { W = F.ones([1]); } else { W = F.ones([2]); }")]
    [InlineData("if (c) { throw new System.ArgumentException(); } W = F.ones([1]);")]
    [InlineData("if (!c) { throw new System.ArgumentException(); } else { W = F.ones([1]); }")]
    [InlineData("W = c ? F.ones([1]) : F.ones([2]);")]
    [InlineData("W = c ? F.ones([1]) : throw new System.ArgumentException();")]
    [InlineData("switch (n) { case 0: W = F.ones([1]); break; case 1: goto case 0; default: throw new System.ArgumentException(); }")]
    [InlineData("do { W = F.ones([1]); } while (c);")]
    [InlineData("while (true) { if (c) { W = F.ones([1]); break; } }")]
    [InlineData("for (;;) { W = F.ones([1]); return; }")]
    [InlineData("try { W = F.ones([1]); } catch { throw; }")]
    [InlineData("try { W = F.ones([1]); } catch (System.Exception) when (c) { W = F.ones([2]); }")]
    [InlineData("try { System.Console.WriteLine(); } finally { W = F.ones([1]); }")]
    [InlineData("try { return; } finally { W = F.ones([1]); }")]
    [InlineData("using (TensorScope.Begin()) { W = F.ones([1]); }")]
    [InlineData("lock (typeof(Layer)) { W = F.ones([1]); }")]
    [InlineData("foreach (var i in new[] { 1 }) { } W = F.ones([n]);")]
    [InlineData("Init();")]
    [InlineData("this.Init();")]
    [InlineData("InitOverloaded(3);")]
    [InlineData("InitTwice(n);")]
    [InlineData("Way = 3;")]
    [InlineData("Set(); void Set() => W = F.ones([1]);")]
    [InlineData("Set(3); void Set(int k) { if (k == 0) { W = F.ones([1]); } else { Set(k - 1); } }")]
    [InlineData("System.Action set = () => W = F.ones([1]); set();")]
    [InlineData("System.Action set = Init; set();")]
    [InlineData("RegisterParameter(\"w\", F.ones([1]));")]
    [InlineData("const string Key = \"w\"; RegisterParameter(Key, F.ones([1]));")]
    [InlineData("foreach (var key in new[] { \"w\" }) { RegisterParameter(key, F.ones([1])); } RegisterParameter(\"w\" + n, F.ones([1]));")]
    [InlineData("Tree.Params[\"w\"] = F.ones([1]);")]
    [InlineData("var tree = Tree; tree.Params[\"w\"] = F.ones([1]);")]
    [InlineData("var self = this; self.W = F.ones([1]);")]
    [InlineData("Fill(this);")]
    [InlineData("Extensions.Fill(this);")]
    [InlineData("this.Fill2();")]
    [InlineData("base[\"w\"] = F.ones([1]); W = F.ones([1]);")]
    public Task Assigned(string body) => Check(InConstructor("Layer", body));

    [Theory]
    [InlineData("")]
    [InlineData("System.GC.KeepAlive(this);")]
    [InlineData("if (c) { W = F.ones([1]); }")]
    [InlineData("if (c) { return; } W = F.ones([1]);")]
    [InlineData("switch (n) { case 0: W = F.ones([1]); break; }")]
    [InlineData("for (var i = 0; i < n; i++) { W = F.ones([1]); }")]
    [InlineData("foreach (var i in new[] { n }) { W = F.ones([i]); }")]
    [InlineData("try { W = F.ones([1]); } catch { }")]
    [InlineData("var w = F.ones([1]);")]
    [InlineData("V = F.ones([1]);")]
    [InlineData("var other = new Layer(c, n) { W = F.ones([1]) };")]
    [InlineData("var other = new Layer(c, n); other.W = F.ones([1]);")]
    [InlineData("InitNot();")]
    [InlineData("InitSome(c);")]
    [InlineData("RegisterParameter(\"other\", F.ones([1]));")]
    [InlineData("RegisterBuffer(\"w\", F.ones([1]));")]
    [InlineData("Tree.Params[\"other\"] = F.ones([1]);")]
    [InlineData("Tree.Buffers[\"w\"] = F.ones([1]);")]
    [InlineData("void Set() => W = F.ones([1]);")]
    [InlineData("System.Console.WriteLine(V);")]
    public Task NotAssigned(string body) => Check(InConstructor("{|BRACHY050:Layer|}", body));

    [Fact]
    public Task ConstructorsThatCallEachOther() => Check("""
        [Module] public partial class Layer
        {
            [Param] public partial Tensor W { get; set; }
            [Static] public partial int N { get; set; }
            public {|BRACHY050:Layer|}(int n) => N = n;
            public Layer(int n, int m) : this(n) => W = F.ones([m]);
            public Layer() : this(1, 2) { }
            public {|BRACHY050:Layer|}(bool c) : this(c ? 1 : 2) { if (c) { W = F.ones([1]); } }
            public {|BRACHY050:{|BRACHY050:Layer|}|}(string s) { }
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task RequiredMembers() => Check("""
        using System.Diagnostics.CodeAnalysis;
        [Module] public partial class Layer
        {
            [Param] public required partial Tensor W { get; init; }
            public Layer() { }
            [SetsRequiredMembers] public {|BRACHY050:Layer|}(int n) { }
            [SetsRequiredMembers] public Layer(long n) { W = F.ones([n]); }
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task DerivedClassesAnswerForAbstractBases() => Check("""
        [Module] public abstract partial class Root
        {
            [Param] public partial Tensor A { get; set; }
            protected Root() => Build();
            protected abstract void Build();
            protected virtual void More() { }
            public abstract Tensor Forward(Tensor x);
        }
        [Module] public abstract partial class Middle<T> : Root
        {
            [Static] public partial T Value { get; set; }
            [Param] public partial Tensor B { get; private set; }
            [Param] protected partial Tensor C { get; set; }
            protected Middle(T value) => (Value, B) = (value, F.ones([1]));
            protected {|BRACHY050:Middle|}() { }
        }
        [Module] public partial class Leaf : Middle<int>
        {
            public Leaf() : base(3) => C = F.ones([1]);
            protected override void Build() => A = F.ones([1]);
            public override Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Second : Middle<int>
        {
            public {|BRACHY050:{|BRACHY050:Second|}|}() : base(3) { }
            protected override void Build() => More();
            public override Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Third : Second
        {
            [Param] public partial Tensor D { get; set; }
            public Third() { }
            protected override void Build() { base.Build(); More(); }
            protected override void More() => D = F.ones([1]);
        }
        [Module] public partial class {|BRACHY050:Fourth|} : Root
        {
            protected override void Build() { }
            public override Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task BasesOfOtherProjectsMayCallWhatIsOverridden() => AnalyzerCheck.Reports<UnassignedMemberAnalyzer>(
        """
        using Brachy;
        [Module] public partial class Leaf : Root
        {
            [Param] public partial Tensor W { get; set; }
            protected override void Build() => W = F.ones([1]);
            public override Tensor Forward(Tensor x) => x;
        }
        [Module] public partial class Second : Root
        {
            [Param] public partial Tensor {|BRACHY050:W|} { get; set; }
            protected override void Build() { }
            public override Tensor Forward(Tensor x) => x;
        }
        """,
        TestCompilation.Library("""
            using Brachy;
            [Module] public abstract partial class Root
            {
                [Param] public partial Tensor A { get; set; }
                protected Root() => Build();
                protected abstract void Build();
                public abstract Tensor Forward(Tensor x);
            }
            """));

    [Fact]
    public Task PartsInSeveralFilesAndGenericClasses() => Check("""
        [Module] public partial class Layer<T>
            where T : class
        {
            [Static] public partial T Value { get; set; }
            [Static] public partial T? Other { get; set; }
            public Layer(T value) => Set(value);
            public {|BRACHY050:Layer|}() { }
            private partial void Set(T value);
        }
        public partial class Layer<T>
        {
            private partial void Set(T value) => Value = value;
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task OverridesAreAssignedThroughTheirBase() => Check("""
        public abstract class Root : Module<Tensor, Tensor>
        {
            protected Root() => Rank = 3;
            protected Root(ModuleBinding binding) : base(binding) { }
            public abstract long Rank { get; set; }
        }
        [Module] public partial class Leaf : Root
        {
            [Static] public override partial long Rank { get; set; }
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public async Task MessagesSayWhatToDo()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            [Module] public partial class First { [Param] public partial Tensor A { get; set; } public Tensor Forward(Tensor x) => x; }
            [Module] public partial class Second
            {
                [Param] public partial Tensor B { get; private set; }
                public Second(bool c) { if (c) { B = F.ones([1]); } }
                public Tensor Forward(Tensor x) => x;
            }
            [Module] public partial class Third { [Static] public partial int C { get; } public Tensor Forward(Tensor x) => x; }
            """);
        Assert.Equal(
            [
                "'A' is not assigned by a constructor: 'First' has none, and reading it then throws; assign it, mark it required, or "
                + "declare it nullable",
                "'B' is not assigned on every way through this constructor, and reading it then throws; assign it, or declare it nullable",
                "'C' is not assigned by a constructor: 'Third' has none, and reading it then throws; give it a 'private set' and assign it",
            ],
            reported.Select(d => d.GetMessage(CultureInfo.InvariantCulture)).Order());
    }

    private static string InConstructor(string name, string body) => $$"""
        [Module] public partial class Layer
        {
            [Param] public partial Tensor W { get; set; }
            [Param] public partial Tensor? V { get; set; }
            public {{name}}(bool c, int n) { {{body}} }
            public int Way { get => 3; set { System.Console.WriteLine(value); W = F.ones([value]); } }
            public Tensor Forward(Tensor x) => x;
            private void Init() => W = F.ones([1]);
            private void InitOverloaded(string s) { }
            private void InitOverloaded(int n) { if (n < 0) { throw new System.ArgumentException(); } Init(); }
            private int InitTwice(int n) => n > 0 ? InitTwice(n - 1) : InitWith(n, W = F.ones([1]));
            private static int InitWith(int n, Tensor w) => n;
            private void InitNot() => V = F.ones([1]);
            private void InitSome(bool c) { if (c) { Init(); } }
            private static void Make(out Tensor made) => made = F.ones([1]);
            private static void Fill(Layer layer) => layer.W = F.ones([1]);
        }
        public static class Extensions
        {
            public static void Fill(Layer layer) => layer.W = F.ones([1]);
            public static void Fill2(this Layer layer) => layer.W = F.ones([1]);
        }
        """;

    private static Task Check(string source) =>
        AnalyzerCheck.Reports<UnassignedMemberAnalyzer>("using Brachy;\nusing Brachy.NN;\n" + source);
}
