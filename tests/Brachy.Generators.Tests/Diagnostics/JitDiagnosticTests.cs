namespace Brachy.Generators.Tests;

/// <summary>What is reported about [Jit] methods and the attributes of their parameters.</summary>
public class JitDiagnosticTests
{
    [Fact]
    public Task ContainingTypeNotPartial() => AnalyzerCheck.Reports<JitAnalyzer>("""
        using Brachy;

        public static class {|BRACHY002:Steps|}
        {
            [Jit] public static Tensor Step(Tensor x) => x;
        }
        """);

    [Fact]
    public Task InstanceMethod() => Check("[Jit] public Tensor {|BRACHY020:Step|}(Tensor x) => x;");

    [Fact]
    public Task GenericMethod() => Check("[Jit] static T {|BRACHY021:Step|}<T>(T x) => x;");

    [Theory]
    [InlineData("ref Tensor {|BRACHY022:x|}")]
    [InlineData("in Tensor {|BRACHY022:x|}")]
    [InlineData("params Tensor[] {|BRACHY022:x|}")]
    [InlineData("System.ReadOnlySpan<Tensor> {|BRACHY022:x|}")]
    public Task UnsupportedParameter(string parameter) => Check($"[Jit] static Tensor Step({parameter}) => throw null!;");

    [Fact]
    public Task OutParameter() => Check("[Jit] static Tensor Step(Tensor x, out Tensor {|BRACHY022:y|}) => throw null!;");

    [Theory]
    [InlineData("void")]
    [InlineData("System.Threading.Tasks.Task")]
    [InlineData("System.Threading.Tasks.Task<Tensor>")]
    [InlineData("System.Span<Tensor>")]
    public Task UnsupportedResult(string type) => Check($"[Jit] static {type} {{|BRACHY023:Step|}}(Tensor x) => throw null!;");

    [Theory]
    [InlineData("float")]
    [InlineData("double")]
    [InlineData("double?")]
    [InlineData("decimal")]
    [InlineData("System.Half")]
    public Task RealParameter(string type) => Check($"[Jit] static Tensor Step(Tensor x, {type} {{|BRACHY024:lr|}}) => x;");

    [Fact]
    public Task StaticTensor() => Check("[Jit] static Tensor Step([Static] Tensor {|BRACHY004:x|}) => x;");

    [Theory]
    [InlineData("int")]
    [InlineData("GlobalConfig")]
    [InlineData("System.Func<Tensor, Tensor>")]
    public Task DonatedWithoutTensors(string type) => Check($"[Jit] static Tensor Step(Tensor x, [Donate] {type} {{|BRACHY025:y|}}) => x;");

    [Fact]
    public Task VaryingWithoutTensors() => Check("[Jit] static Tensor Step(Tensor x, [Varying(\"batch\")] int {|BRACHY025:k|}) => x;");

    [Fact]
    public Task VaryingTensors() => Check(
        "[Jit] static Tensor Step([Varying(\"batch\")] [Varying(null, \"time\", Typical = 64)] Tensor x, "
        + "[Varying(\"batch\", Member = \"0\")] Tensor[] y) => x;");

    [Theory]
    [InlineData("Donate")]
    [InlineData("Static")]
    [InlineData("Varying(\"batch\")")]
    public Task AttributeOutsideJit(string attribute) => Check($"static Tensor Step([{attribute}] Tensor {{|BRACHY026:x|}}) => x;");

    [Fact]
    public Task DataParallelOutsideJit() => Check("[DataParallel] static Tensor {|BRACHY026:Step|}(Tensor x) => x;");

    [Theory]
    [InlineData("[Jit] static Tensor Step(Batch {|BRACHY027:batch|}) => throw null!;")]
    [InlineData("[Jit] static Tensor Step(Batch[] {|BRACHY027:batches|}) => throw null!;")]
    [InlineData("[Jit] static Batch {|BRACHY027:Step|}(Tensor x) => throw null!;")]
    [InlineData("[Jit] static Tensor Step(System.Collections.Generic.Queue<Tensor> {|BRACHY027:x|}) => throw null!;")]
    [InlineData("[Jit] static Tensor Step(Tensor x, object {|BRACHY027:y|}) => x;")]
    [InlineData("[Jit] static Tensor Step(Tensor x, (int, dynamic) {|BRACHY027:y|}) => x;")]
    [InlineData("[Jit] static Tensor Step(TorchSharp.torch.Tensor {|BRACHY027:x|}) => throw null!;")]
    public Task NotATree(string method) => Check(method);

    [Theory]
    [InlineData("Layer")]
    [InlineData("Brachy.NN.Linear")]
    [InlineData("Module<Tensor, Tensor>")]
    public Task ModuleParameter(string type) => Check($"[Jit] static Tensor Step({type} {{|BRACHY028:model|}}, Tensor x) => x;");

    [Theory]
    [InlineData("Identity")]
    [InlineData("Settable")]
    [InlineData("Listed")]
    [InlineData("ListedStruct")]
    [InlineData("Identity[]")]
    [InlineData("(Tensor, Identity)")]
    [InlineData("System.Collections.Generic.Dictionary<string, Settable>")]
    [InlineData("Around")]
    [InlineData("Remembered")]
    [InlineData("System.Memory<Identity>")]
    [InlineData("System.Collections.Generic.KeyValuePair<int, Identity>")]
    public Task ParameterNotComparedByContent(string type) => Check($$"""
        [Jit] static Tensor Step(Tensor x, {{type}} {|BRACHY035:y|}) => x;
        public class Identity { public int A { get; init; } }
        private record Settable { public int A { get; set; } }
        private record Listed(int[] A);
        private record struct ListedStruct(System.Collections.Generic.List<int> A);
        public record Around(int A, Identity B);
        private record Remembered(System.ReadOnlyMemory<int> A);
        """);

    [Theory]
    [InlineData("Settable")]
    [InlineData("Listed")]
    [InlineData("ListedStruct")]
    [InlineData("Box<int[]>")]
    [InlineData("System.Collections.Generic.KeyValuePair<string, Listed>")]
    [InlineData("System.Memory<int>")]
    [InlineData("System.ReadOnlyMemory<Listed>")]
    [InlineData("System.ArraySegment<int>")]
    [InlineData("Remembered")]
    public Task RecordsAreComparedMemberByMember(string type) => Check($$"""
        [Jit] static Tensor Step(Tensor x, {{type}} y) => x;
        public record Settable { public int A { get; set; } }
        public record Listed(int[] A);
        internal record struct ListedStruct(System.Collections.Generic.List<int> A);
        internal record Box<T>(T A);
        internal record Remembered(System.ReadOnlyMemory<int> A);
        """);

    [Theory]
    [InlineData("internal record Partly(int A) { private readonly int[] _b = [A]; public int Sum => _b[0]; }")]
    [InlineData("internal struct Partly { private System.Collections.Generic.List<int> _a; public int Count => _a.Count; }")]
    public Task HiddenMembersCannotBeCompared(string type) => Check($$"""
        [Jit] static Tensor Step(Tensor x, Partly {|BRACHY035:y|}) => x;
        {{type}}
        """);

    [Fact]
    public Task StaticParameterNotComparedByContent() =>
        Check("[Jit] static Tensor Step(Tensor x, [Static] System.Random {|BRACHY035:random|}) => x;");

    [Fact]
    public Task Overloads() => Check("""
        [Jit] static Tensor {|BRACHY029:Step|}(Tensor x) => x;
        [Jit] static Tensor {|BRACHY029:Step|}(Tensor x, Tensor y) => x;
        """);

    [Fact]
    public Task NothingWrong() => Check("""
        [Jit] static Tensor First(
            [Donate] StructureTree tree, GlobalConfig config, Tensor lr, [Static] double eps, int k, string name) => lr;
        [Jit] static (Pair, int) Second(
            [Donate] Pair pair, System.Func<Tensor, Tensor> f, ApplyFn apply, int[] sizes, Plain plain) => (pair, 1);
        [Jit] static Pair? Third(
            Pair? pair, (Tensor, (Tensor, int)) nested, [Donate] System.Collections.Generic.Dictionary<string, Pair> pairs) => pair;
        static Tensor First(Tensor x) => x;
        [Jit] static Tensor Fourth(
            Tensor x, [Static] object any, Point point, System.Type type, System.Guid id, Mode? mode, WithEquals e,
            System.Collections.Generic.IReadOnlyList<Plain> list) => x;
        public record struct Point(int X, int Y);
        public enum Mode { A }
        public sealed class WithEquals(int a)
        {
            private readonly int _a = a;
            public override bool Equals(object? o) => o is WithEquals e && e._a == _a;
            public override int GetHashCode() => _a;
        }
        """);

    [Theory]
    [InlineData("[Jit(Intercept = true)] protected static Tensor {|BRACHY048:Step|}(Tensor x) => x;")]
    [InlineData("private partial class Inner { [Jit(Intercept = true)] public static Tensor {|BRACHY048:Step|}(Tensor x) => x; }")]
    [InlineData(
        "private sealed record Kept(int A); "
        + "[Jit(Intercept = true)] private static Tensor {|BRACHY048:Step|}(Tensor x, [Static] Kept y) => x;")]
    [InlineData("[Jit(Intercept = true)] private static Tensor Step(Tensor x) => x;")]
    [InlineData("[Jit(Intercept = true)] protected internal static Tensor Step(Tensor x) => x;")]
    [InlineData("[Jit(Intercept = false)] protected static Tensor Step(Tensor x) => x;")]
    public Task InterceptedWhereGeneratedCodeCannotSee(string members) => Check(members);

    private static Task Check(string members) => AnalyzerCheck.Reports<JitAnalyzer>($$"""
        using Brachy;

        public partial class Steps
        {
            {{members}}
        }

        public record Batch(Tensor X);

        public record Plain(int A, System.Func<Tensor, Tensor> F);

        [Tree] public partial record Pair(Tensor A, Tensor B);

        [Module]
        public partial class Layer
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);

    /// <summary>Case C12: nothing can be written beside these.</summary>
    [Theory]
    [InlineData("public static int Run() { [{|BRACHY044:Jit|}] static Tensor Step(Tensor x) => x; return 1; }")]
    [InlineData("public static System.Func<Tensor, Tensor> Run() => [{|BRACHY044:Jit|}] (x) => x;")]
    [InlineData("public static System.Func<Tensor, Tensor> F = [{|BRACHY044:Jit|}] static (Tensor x) => x;")]
    [InlineData("public static Tensor Ones { [{|BRACHY044:Jit|}] get => F.ones([1]); }")]
    [InlineData("public static Tensor Ones { [{|BRACHY044:Jit|}] set { } }")]
    [InlineData("public Tensor Ones { [{|BRACHY044:Jit|}] init { } }")]
    [InlineData("public Tensor this[int i] { [{|BRACHY044:Jit|}] get => F.ones([1]); }")]
    [InlineData("public static event System.Action Done { [{|BRACHY044:Jit|}] add { } remove { } }")]
    [InlineData("public static event System.Action Done { add { } [{|BRACHY044:Jit|}] remove { } }")]
    [InlineData("public Steps() { } [{|BRACHY044:Jit|}] static Steps() { }")]
    [InlineData("[{|BRACHY044:Jit|}] ~Steps() { }")]
    [InlineData("[{|BRACHY044:Jit|}] public static explicit operator Steps(Tensor a) => new();")]
    [InlineData("[{|BRACHY044:Jit|}] public static implicit operator Tensor(Steps a) => F.ones([1]);")]
    [InlineData("[{|BRACHY044:Jit|}] public static bool operator true(Steps a) => true; "
        + "public static bool operator false(Steps a) => true;")]
    [InlineData("[{|BRACHY044:Jit|}] public static Steps operator +(Steps a, Steps b) => a;")]
    [InlineData("[{|BRACHY044:Jit|}] public void operator +=(Steps b) { }")]
    [InlineData("public static Tensor Ones { get => OnesOf(F.ones([1])); } [Jit] static Tensor OnesOf(Tensor x) => x;")]
    [InlineData("public static Steps operator +(Steps a, Steps b) => a; [Jit] static Tensor Sum(Tensor x) => x;")]
    [InlineData("public static int Run() { static Tensor Step([Donate] Tensor {|BRACHY026:x|}) => x; return 1; }")]
    [InlineData("public static System.Func<Tensor, Tensor> Run() => ([Donate] Tensor {|BRACHY026:x|}) => x;")]
    [InlineData("public static int Run() { static Tensor Step(Tensor x) => x; return 1; }")]
    public Task WhereItHasNoEffect(string member) => AnalyzerCheck.Reports<JitAnalyzer>(
        $"using Brachy;\npublic partial class Steps {{ {member} }}");

    [Fact]
    public Task InAnInterfaceAndAnExtension() => AnalyzerCheck.Reports<JitAnalyzer>("""
        using Brachy;
        public interface IOnes { Tensor Ones { [{|BRACHY044:Jit|}] get; } static abstract IOnes operator +(IOnes a, IOnes b); }
        public static partial class Extensions { extension(Tensor x) { public Tensor Same { [{|BRACHY044:Jit|}] get => x; } } }
        """);

    [Fact]
    public Task AtTopLevel() => AnalyzerCheck.Reports<JitAnalyzer>(
        "using Brachy;\n[{|BRACHY044:Jit|}] static Tensor Step(Tensor x) => x;\nSystem.Console.WriteLine();");
}
