namespace Brachy.Generators.Tests;

/// <summary>What is reported about side effects and values of tensors in functions that are traced.</summary>
public class TracedCodeDiagnosticTests
{
    public static TheoryData<string> Impure { get; } =
    [
        "{|#:Console.WriteLine(x)|};",
        "{|#:Console.Write(1)|};",
        "{|#:Console.Out|}.WriteLine(1);",
        "{|#:Console.Error|}.WriteLine(1);",
        "{|#:System.Diagnostics.Debug.WriteLine(1)|};",
        "{|#:System.Diagnostics.Trace.WriteLine(1)|};",
        "var a = {|#:DateTime.Now|};",
        "var a = {|#:DateTime.UtcNow|}.Ticks;",
        "var a = {|#:DateTime.Today|};",
        "var a = {|#:DateTimeOffset.UtcNow|};",
        "var a = {|#:TimeProvider.System|}.GetTimestamp();",
        "var a = {|#:Stopwatch.StartNew()|};",
        "var a = {|#:new Stopwatch()|};",
        "var a = {|#:Stopwatch.GetTimestamp()|};",
        "var a = {|#:Environment.TickCount64|};",
        "var a = {|#:Environment.GetEnvironmentVariable(\"A\")|};",
        "var a = {|#:Environment.MachineName|};",
        "x = x * {|#:new Random()|}.NextDouble();",
        "x = x * {|#:Random.Shared|}.NextDouble();",
        "x = x * {|#:s_random.NextDouble()|};",
        "var a = {|#:Guid.NewGuid()|};",
        "var a = {|#:File.ReadAllText(\"a\")|};",
        "{|#:Directory.CreateDirectory(\"a\")|};",
        "using var a = {|#:new StreamWriter(\"a\")|};",
        "var a = {|#:Path.GetTempFileName()|};",
        "var a = {|#:System.Security.Cryptography.RandomNumberGenerator.GetInt32(3)|};",
        "Tensor a = {|#:TorchSharp.torch.randn(1)|};",
        "{|#:System.Threading.Thread.Sleep(1)|};",
        "{|#:s_count = 1|};",
        "{|#:s_count++|};",
        "{|#:--Count|};",
        "{|#:s_count += 2|};",
        "{|#:Count = 3|};",
        "{|#:s_last ??= x|};",
        "{|#:(s_last, var b) = (x, x)|};",
        "{|#:s_array[0] = 1|};",
        "{|#:s_list[0] = x|};",
        "{|#:s_list.Add(x)|};",
        "{|#:s_seen[\"a\"] = x|};",
        "{|#:System.Threading.Interlocked.Increment(ref s_count)|};",
        "{|#:Happened += () => { }|};",
        "{|#:new Dictionary<string, int>().TryGetValue(\"a\", out s_count)|};",
        "{|#:new Written(out s_count)|};",
        "ref var {|#:a = ref s_array[0]|}; a = 1;",
        "void Local() { {|#:s_count++|}; } Local();",
        "Func<Tensor, Tensor> f = a => { {|#:s_count++|}; return a; }; x = f(x);",
    ];

    public static TheoryData<string> Reads { get; } =
    [
        "if ({|#:(bool)(x > 0)|}) { x = x + 1; }",
        "while ({|#:(bool)(x > 0)|}) { x = x - 1; }",
        "x = {|#:(bool)x|} ? x : -x;",
        "var a = {|#:(double)x|};",
        "var a = {|#:(float)x.sum()|};",
        "var a = {|#:(long)x|};",
        "var a = {|#:x.item()|};",
        "var a = {|#:x.item<int>()|};",
        "foreach (var a in {|#:x.ToArray<float>()|}) { }",
        "var a = {|#:x.AsTorch()|};",
        "var y = x * 2; var a = {|#:(double)y|};",
        "var y = F.ones([1]); var a = {|#:(double)y|};",
        "for (var i = 0; i < {|#:(long)x|}; i++) { }",
        "switch ({|#:(long)x|}) { case 1: break; }",
        "var a = new[] { x }.Select(y => {|#:(double)y|}).ToArray();",
        "x = x * Math.Exp({|#:(double)x|});",
        "foreach (var t in new[] { x }) { var a = {|#:(double)t|}; }",
        "var a = s_list.Select(t => t * 2).Select(t => {|#:(double)t|}).ToArray();",
    ];

    public static TheoryData<string> Pure { get; } =
    [
        "x = x + 1;",
        "if (x.shape[0] > 1 && x.dtype == DType.Float32) { x = x[0]; }",
        "for (var i = 0; i < x.size(0); i++) { x = x + i; }",
        "var a = (double)x.shape[0]; var b = (int)2.5;",
        "x = x * new Random(1).NextDouble();",
        "var random = new Random(1); x = x * random.NextDouble();",
        "var a = Environment.NewLine + Environment.ProcessorCount + Path.Combine(\"a\", \"b\") + nameof(Console);",
        "var a = new DateTime(2000, 1, 1).AddDays(1) + TimeSpan.FromSeconds(1);",
        "System.Diagnostics.Debug.Assert(x.ndim == 1);",
        "var list = new List<Tensor>(); list.Add(x); list[0] = x; var seen = new Dictionary<string, int>(); seen[\"a\"] = 1;",
        "var count = 0; count++; count += 2;",
        "if (x.ndim > 3) { throw new ArgumentException($\"{x.shape}\"); }",
        "x = F.where(x > 0, x, -x);",
        "var a = Tensor.FromArray([1.0f, 2.0f], [2]).ToArray<float>();",
        "var a = s_list.Select(t => (double)t).ToArray(); var b = s_list.Where(t => t.ndim == 1).Select(t => t.item<float>()).Sum();",
        "foreach (var t in s_list) { x = x * (double)t; }",
        "foreach (var (name, t) in s_seen.ToArray()) { x = x + t; }",
        "var a = (double)s_table; var b = s_table.ToArray<float>();",
        "var t = s_table; var a = (double)t;",
        "var a = s_count + Count + s_array[0];",
        "var a = s_list.Count;",
        "if (!x.IsTraced) { Console.WriteLine((double)x); }",
        "if (Jit.IsDisabled) { Console.WriteLine(x); }",
        "x = F.rand(1) * x;",
        "var numbers = new[] { 1 }; ref var a = ref numbers[0]; a = 1; "
            + "int.TryParse(\"1\", out var b); ref readonly var c = ref s_array[0];",
        "var a = string.Join(\", \", x.shape); var b = Guid.Empty; var c = Math.Max(1, 2);",
    ];

    [Theory]
    [MemberData(nameof(Impure))]
    public async Task SideEffects(string code)
    {
        await Check(InJit(code, "BRACHY061"));
        await Check(InLambda(code, "BRACHY061"));
        await Check(InForward(code, "BRACHY066"));
        await Check(InGradient(code, "BRACHY066"));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task ValuesOfTensors(string code)
    {
        await Check(InJit(code, "BRACHY062"));
        await Check(InLambda(code, "BRACHY062"));
        await Check(InForward(code, "BRACHY067"));

        // Eagerly there is a value, and in a compiled function the gradient's function is a part of that.
        await Check(InGradient(Unmarked(code), ""));
        await Check(InJit($"x = Grad.Of((Tensor x) => {{ {code} return x; }})(x);", "BRACHY062"));
    }

    [Theory]
    [MemberData(nameof(Pure))]
    public async Task NothingWrong(string code)
    {
        await Check(InJit(code, ""));
        await Check(InLambda(code, ""));
        await Check(InForward(code, ""));
        await Check(InGradient(code, ""));
    }

    [Fact]
    public async Task OtherCodeMayDoAll()
    {
        foreach (var code in (string[])[.. Impure, .. Reads])
        {
            await Check($"static Tensor Run(Tensor x) {{ {Unmarked(code)} return x; }}");
        }
    }

    [Theory]
    [InlineData("static object Run(Tensor known) => Jit.Compile((Tensor x) => x * (double)known);")]
    [InlineData("static object Run() { var known = F.ones([1]); return Jit.Compile((Tensor x) => x * known.item<double>()); }")]
    [InlineData("private readonly Tensor _known = F.ones([1]); object Run() => Jit.Compile((Tensor x) => x * (double)_known);")]
    [InlineData("static object Run(Tensor x) => Jit.Compile((Tensor y) => y + 1).Invoke((double)x + 1);")]
    [InlineData("static object Run(Tensor x) { Console.WriteLine(); return Grad.Of((Tensor y) => (y * y).sum())(x); }")]
    [InlineData("static Tensor Forward(Tensor x) { Console.WriteLine((double)x); return x; }")]
    [InlineData("static object Compile(Func<Tensor, Tensor> f) => f; object Run() => Compile(x => (double)x);")]
    public Task TensorsFromOutsideHaveValues(string members) => Check(members);

    [Theory]
    [InlineData("static object Run() => Jit.Compile((Tensor x) => {|BRACHY062:(double)x|} * x, donate: [0]);")]
    [InlineData("static Tensor Half(Tensor x) => {|BRACHY062:(double)x|} / 2; static object Run() => Jit.Compile<Tensor, Tensor>(Half);")]
    [InlineData("static Tensor Half(Tensor x) { {|BRACHY061:Console.WriteLine()|}; return x; } static object A() => Jit.Compile<Tensor, "
        + "Tensor>(Half); "
        + "static object B() => Jit.Compile<Tensor, Tensor>(Half);")]
    [InlineData("static object Run() { Tensor Half(Tensor x) => {|BRACHY062:(double)x|} / 2; return Jit.Compile<Tensor, Tensor>(Half); }")]
    [InlineData("static object Run() { Func<Tensor, Tensor> half = x => {|BRACHY062:(double)x|} / 2; return Jit.Compile(half); }")]
    [InlineData("static readonly object s_f = Jit.Compile((Tensor x) => {|BRACHY062:(double)x|} * x);")]
    [InlineData("static object Run() => Jit.Compile(delegate(Tensor x) { {|BRACHY061:Console.WriteLine()|}; return x; });")]
    [InlineData("static object Run() => Jit.Compile((Tensor x) => Grad.Of((Tensor y) => y * {|BRACHY062:(double)y|})(x));")]
    public Task WhereverAFunctionIsCompiled(string members) => Check(members);

    [Fact]
    public async Task MessagesSayWhatToDo()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            public static partial class Steps
            {
                [Jit] static Tensor Step(Tensor x)
                {
                    System.Console.WriteLine("step");
                    return (bool)(x > 0) ? x : -x;
                }
            }
            """);
        Assert.Equal(
            [
                "Console.WriteLine runs only when 'Step' is traced, not at each call; return what to print, and print it outside",
                "(bool) reads a value, but when 'Step' is traced its tensors have none; choose between tensors with F.where, or make the "
                    + "condition an argument that is no tensor",
            ],
            reported.OrderBy(d => d.Id).Select(d => d.GetMessage(null)));
    }

    [Theory]
    [InlineData("{|#:Log()|}; return x;", "static void Log() => Console.WriteLine();")]
    [InlineData("{|#:Log()|}; return x;", "static void Log() => Inner(); "
        + "static void Inner() { Inner(); Last(); } static void Last() => s_count++;")]
    [InlineData("return x * {|#:Noise|};", "static double Noise => new Random().NextDouble();")]
    [InlineData("{|#:Last = 1|}; return x;", "static int Last { get => 1; set => s_count = value; }")]
    [InlineData("return {|#:Other.Draw(x)|};", "")]
    [InlineData("return {|#:x.Drawn()|};", "")]
    [InlineData("return {|#:x.DrawnToo()|};", "")]
    [InlineData("Func<Tensor, Tensor> f = {|#:Draw|}; return f(x);", "static Tensor Draw(Tensor x) => x * Random.Shared.NextDouble();")]
    [InlineData("return x * Twice(2) * Table(3) + Other.Half(x);", "static int Twice(int n) => n * 2; "
        + "static int Table(int n) => s_array[n];")]
    [InlineData("Log(x); return x;", "static void Log(Tensor x) { if (!x.IsTraced) { Console.WriteLine(); } }")]
    [InlineData("Log(); return x;", "static void Log() { if (Jit.IsDisabled) { Inner(); } } "
        + "static void Inner() => Console.WriteLine();")]
    [InlineData("return Other.Traced(x);", "")]
    [InlineData("return x;", "static void Log() => Console.WriteLine();")]
    [InlineData("var f = new Plain(); f.Log(); return x;", "class Plain { public void Log() => Console.WriteLine(); }")]
    public async Task EffectsOfWhatIsCalled(string body, string helpers)
    {
        await Check($"{helpers} [Jit] static Tensor Step(Tensor x) {{ {Marked(body, "BRACHY061")} }}");
        await Check($"{helpers} static object Run() => Jit.Compile((Tensor x) => {{ {Marked(body, "BRACHY061")} }});");
        await Check($"{helpers} static object Run() => Grad.Of((Tensor x) => {{ {Marked(body, "BRACHY066")} }});");
        await Check(
            $"[Module] public partial class Layer {{ {helpers} public Tensor Forward(Tensor x) {{ {Marked(body, "BRACHY066")} }} }}");
    }

    [Theory]
    [InlineData("{|BRACHY066:Log()|}; return x;", "private void Log() => Console.WriteLine();")]
    [InlineData("{|BRACHY066:this.Log()|}; return x;", "protected virtual void Log() => Console.WriteLine();")]
    [InlineData("return x * {|BRACHY066:Noise|};", "private double Noise => Random.Shared.NextDouble();")]
    [InlineData("return x * Twice(2);", "private int Twice(int n) => n * 2;")]
    [InlineData("return new Layer().Log(x);", "private Tensor Log(Tensor x) { Console.WriteLine(); return x; }")]
    public Task EffectsOfMethodsOfTheModule(string body, string helpers) => Check(
        $"[Module] public partial class Layer {{ {helpers} public Tensor Forward(Tensor x) {{ {body} }} }}");

    /// <summary>Values are read where a tensor of the trace comes to them, and not where one from outside does.</summary>
    [Theory]
    [InlineData("return x * {|#:Mean(x)|};", "")]
    [InlineData("return x * {|#:Mean(x * 2)|};", "")]
    [InlineData("return x * {|#:Mean(F.ones([1]))|};", "")]
    [InlineData("return x * {|#:Mean(t: x)|} * Mean(t: s_table);", "")]
    [InlineData("return x * Mean(s_table) * {|#:Mean(x)|} * Mean(s_list[0]) * Mean(null);", "")]
    [InlineData("var t = s_table; return x * Mean(t) * Mean(Tensor.FromArray([1.0f], [1])) * Mean(2.0);", "")]
    [InlineData("return x * {|#:Outer(x)|} * Outer(s_table);", "static double Outer(Tensor t) => Mean(t);")]
    [InlineData("return x * {|#:Outer(s_table)|};", "static double Outer(Tensor t) => Mean(t * 2);")]
    [InlineData("return x * {|#:Outer(s_table)|};", "static double Outer(Tensor t) => Outer(t) + Mean(t + 1);")]
    [InlineData("return x * Both(s_table, 1) * {|#:Both(x, 1)|} * {|#:Both(s_table, x)|};",
        "static double Both(Tensor a, Tensor b) => (double)a + (double)b;")]
    [InlineData("return x * Second(x, s_table) * {|#:Second(s_table, x)|};",
        "static double Second(Tensor a, Tensor b) => a.ndim + (double)b;")]
    [InlineData("if ({|#:IsBig(x)|}) { return x * 2; } return x;", "static bool IsBig(Tensor t) => (bool)(t.max() > 1);")]
    [InlineData("return {|#:IsBig(x)|} ? x : x * 2;", "static bool IsBig(Tensor t) { while (t.item<double>() > 1) { } return true; }")]
    [InlineData("Func<Tensor, double> f = {|#:Mean|}; return x * f(x);", "")]
    [InlineData("return x * s_list.Select(Mean).Sum() * new[] { x }.Sum({|#:Mean|});", "")]
    [InlineData("return x * {|#:x.MeanToo()|} * s_table.MeanToo();", "")]
    [InlineData("return x * {|#:x.MeanOf()|} * s_table.MeanOf();", "")]
    [InlineData("return x * {|#:First(new Held(x))|} * First(new Held(s_table)) * {|#:First(new Held(s_table) { A = x })|};",
        "static double First(Held h) => (double)h.A;")]
    [InlineData("return x * {|#:Sum([x, s_table])|} * Sum(s_table, s_table) * {|#:Sum(s_table, x)|};",
        "static double Sum(params Tensor[] all) => (double)all[0];")]
    [InlineData("return x * Known();", "static double Known() => (double)s_table;")]
    [InlineData("return x * Known(x);", "static double Known(Tensor t) => t.shape[0] * t.ndim;")]
    [InlineData("return x * Guarded(x);", "static double Guarded(Tensor t) => t.IsTraced ? 1 : (double)t;")]
    [InlineData("return x * Maybe();", "static double Maybe(Tensor? t = null) => t is null ? 1 : (double)t;")]
    [InlineData("return Other.Traced(x) * Stopped(x);", "[Jit] static Tensor Stopped(Tensor x) => x;")]
    public async Task ReadsOfWhatIsCalled(string body, string helpers)
    {
        helpers += " public static double Mean(Tensor? t) => (double)t!; public record Held(Tensor A);";
        await Check($"{helpers} [Jit] static Tensor Step(Tensor x) {{ {Marked(body, "BRACHY062")} }}");
        await Check($"{helpers} static object Run() => Jit.Compile((Tensor x) => {{ {Marked(body, "BRACHY062")} }});");
        await Check($"{helpers} static object Run() => Grad.Of((Tensor x) => {{ {Unmarked(body)} }});");
        await Check($"{helpers} static Tensor Run(Tensor x) {{ {Unmarked(body)} }}");
        await Check(
            $"{helpers} [Module] public partial class Layer {{ public Tensor Forward(Tensor x) {{ {Marked(body, "BRACHY067")} }} }}");
    }

    [Theory]
    [InlineData("return x * {|BRACHY067:Scale()|};", "private double Scale() => (double)W;")]
    [InlineData("return x * {|BRACHY067:Scale|};", "private double Scale => W.item<double>();")]
    [InlineData("return x * {|BRACHY067:this.Mean(x)|};", "protected virtual double Mean(Tensor x) => (double)x;")]
    [InlineData("return x * Size();", "private double Size() => W.shape[0];")]
    public Task ReadsOfMethodsOfTheModule(string body, string helpers) => Check(
        $"[Module] public partial class Layer {{ [Param] public partial Tensor W {{ get; set; }} {helpers} "
        + $"public Tensor Forward(Tensor x) {{ {body} }} }}");

    [Theory]
    [InlineData("private readonly Tensor _known = F.ones([1]); double Scale() => (double)_known; "
        + "object Run() => Jit.Compile((Tensor x) => x * Scale());")]
    [InlineData("private readonly Tensor _known = F.ones([1]); double Scale(Tensor t) => (double)t; "
        + "object Run() => Jit.Compile((Tensor x) => x * Scale(_known) * {|BRACHY062:Scale(x)|});")]
    [InlineData("static double Scale(Tensor t) => (double)t; "
        + "static object Run(Tensor known) => Jit.Compile((Tensor x) => x * Scale(known) * {|BRACHY062:Scale(x)|});")]
    public Task HelpersOfAnObject(string members) => Check(members);

    /// <summary>What a compiled method takes from a static member stays as it was, which is meant only where nothing replaces it.</summary>
    [Theory]
    [InlineData("[Jit] static Tensor Run(Tensor x) => {|BRACHY054:s_model|}.Call(x);")]
    [InlineData("[Jit] static Tensor Run(Tensor x) => {|BRACHY054:Model|}.Call(x);")]
    [InlineData("[Jit] static Tensor Run(Tensor x) => {|BRACHY054:Other.Model|}.Call(x);")]
    [InlineData("[Jit] static Tensor Run(Tensor x) => {|BRACHY054:s_models|}[\"a\"].Call(x);")]
    [InlineData("[Jit] static Tensor Run(Tensor x) => F.matmul(x, {|BRACHY054:s_model|}.Weight);")]
    [InlineData("[Jit] static Tensor Run(Tensor x) => Brachy.NN.Linear.Apply({|BRACHY054:s_tree|}, s_config, x).Output;")]
    [InlineData("static Tensor Use(Tensor x) => s_model.Call(x); [Jit] static Tensor Run(Tensor x) => {|BRACHY054:Use(x)|};")]
    [InlineData("static Brachy.NN.Linear Get => s_model; [Jit] static Tensor Run(Tensor x) => {|BRACHY054:Get|}.Call(x);")]
    [InlineData("[Jit] static Tensor Run(Tensor x) => s_relu.Call(x);")]
    [InlineData("[Jit] static Tensor Run(StructureTree t, GlobalConfig c, Tensor x) => Brachy.NN.Linear.Apply(t, c, x).Output;")]
    [InlineData("static Tensor Run(Tensor x) => s_model.Call(x);")]
    [InlineData("static object Run() => Jit.Compile((Tensor x) => s_model.Call(x));")]
    [InlineData("static object Run() => Jit.Compile((Tensor x) => Brachy.NN.Linear.Apply(s_tree, s_config, x).Output);")]
    [InlineData("static object Run() { var model = new Brachy.NN.Linear(1, 1); return Jit.Compile((Tensor x) => model.Call(x)); }")]
    [InlineData("static Tensor Use(Tensor x) => s_model.Call(x); static object Run() => Jit.Compile<Tensor, Tensor>(Use);")]
    [InlineData("public static Brachy.NN.Linear? Now; static object Run() => Jit.Compile((Tensor x) => {|BRACHY055:Now|}!.Call(x));")]
    public Task ModulesThatAreNoArguments(string members) => Check($$"""
        private static readonly Brachy.NN.Linear s_model = new(1, 1);
        private static readonly Brachy.NN.ReLU s_relu = new();
        private static readonly Dictionary<string, Brachy.NN.Linear> s_models = [];
        private static readonly StructureTree s_tree = s_model.Tree;
        private static readonly GlobalConfig s_config = s_model.Config;
        private static Brachy.NN.Linear Model { get; } = new(1, 1);
        {{members}}
        """);

    [Theory]
    [InlineData("private static Tensor s_t = 1; static void Set(Tensor t) => s_t = t;", true)]
    [InlineData("private static Tensor s_t = 1; static void Set(Tensor t) => Steps.s_t += t;", true)]
    [InlineData("private static Tensor s_t = 1; static void Set(Tensor t) => (s_t, _) = (t, t);", true)]
    [InlineData("private static Tensor s_t = 1; static void Set(Tensor t) => System.Threading.Interlocked.Exchange(ref s_t, t);", true)]
    [InlineData("private static Tensor s_t = 1; static ref Tensor Place() => ref s_t;", true)]
    [InlineData("internal static Tensor s_t = 1;", true)]
    [InlineData("private static Tensor s_t { get; set; } = 1; static void Set(Tensor t) => s_t = t;", true)]
    [InlineData("public static Tensor s_t { get; set; } = 1;", true)]
    [InlineData("public static Tensor s_t { get; private set; } = 1; static void Set(Tensor t) => s_t = t;", true)]
    [InlineData("public static Tensor[] s_t = [];", true)]
    [InlineData("public static (int, Tensor) s_t = (1, 1);", true)]
    [InlineData("public static RngKey s_t = new(1);", true)]
    [InlineData("private static Tensor s_t = 1;", false)]
    [InlineData("private static Tensor s_t; static Steps() { s_t = 1; }", false)]
    [InlineData("private static Tensor? s_t; static Tensor Get() => s_t ??= 1;", false)]
    [InlineData("public static readonly Tensor s_t = 1;", false)]
    [InlineData("public static Tensor s_t { get; } = 1;", false)]
    [InlineData("public static Tensor s_t { get; private set; } = 1;", false)]
    [InlineData("public static Tensor s_t => F.ones([1]);", false)]
    [InlineData("public static int s_t = 1;", false)]
    [InlineData("public static string[] s_t = [];", false)]
    public async Task TensorsThatMayBeReplaced(string members, bool reports)
    {
        await Check($"{members} [Jit] static object Run(Tensor x) => {Place("BRACHY055")};");
        await Check($"{members} static object Run() => Jit.Compile((Tensor x) => {Place("BRACHY055")});");
        await Check($"{members} static object Run() => Grad.Of((Tensor x) => {{ var a = {Place("BRACHY056")}; return x; }});");
        await Check($"{members} static object Use() => s_t; [Jit] static object Run(Tensor x) => {Place("BRACHY055", "Use()")};");
        await Check($"{members} static object Run(Tensor x) => s_t;");
        await Check(
            $"{members} [Module] public partial class Layer {{ public Tensor Forward(Tensor x) {{ var a = {Place("BRACHY056")}; return x; "
            + "} }");

        string Place(string id, string code = "s_t") => reports ? $"{{|{id}:{code}|}}" : code;
    }

    [Fact]
    public async Task MessagesSayWhatIsKept()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            public static partial class Steps
            {
                private static readonly Brachy.NN.Linear s_model = new(1, 1);
                public static Tensor Scale { get; set; } = 1;
                static Tensor Use(Tensor x) => s_model.Call(x);
                [Jit] static Tensor Step(Tensor x) => Use(x) * Scale;
            }
            """);
        Assert.Equal(
            [
                "'s_model' in 'Use' (line 6) is no argument of 'Step', which keeps the values that its params and buffers had when it was "
                    + "traced; pass its tree and config as arguments (StructureTree, GlobalConfig), or, to freeze it, compile a function "
                    + "that captures it with Jit.Compile",
                "'Scale' may be replaced, but 'Step' keeps the tensors that it held when it was traced; pass it as an argument, or "
                    + "declare it readonly",
            ],
            reported.OrderBy(d => d.Id).Select(d => d.GetMessage(null)));
    }

    /// <summary>What is filled once and depends on its key alone may be filled while tracing, unless tensors would be kept.</summary>
    [Theory]
    [InlineData("return x * s_sizes.GetOrAdd(3, static n => n * 2);")]
    [InlineData("var k = (int)x.shape[0]; return x * s_sizes.GetOrAdd(k, n => k * n);")]
    [InlineData("return x * s_sizes.GetOrAdd((int)x.shape[0], Twice);")]
    [InlineData("return x * s_sizes.GetOrAdd(3, (n, scale) => n * scale, 2);")]
    [InlineData("return x * (s_lazy ??= new int[2])[0];")]
    [InlineData("return x * (s_lazy ??= MakeTable())[0];")]
    [InlineData("var k = (int)x.shape[0]; return x * {|BRACHY061:s_sizes.GetOrAdd(3, n => k * n)|};")]
    [InlineData("var k = (int)x.shape[0]; return x * {|BRACHY061:s_sizes.GetOrAdd(3, (n, scale) => n * scale, k)|};")]
    [InlineData("return x * {|BRACHY061:s_sizes.GetOrAdd(3, 4)|};")]
    [InlineData("return x * s_sizes.GetOrAdd(3, n => { {|BRACHY061:s_count++|}; return n; });")]
    [InlineData("return x * s_sizes.GetOrAdd(3, {|BRACHY061:Counted|});")]
    [InlineData("return {|BRACHY061:s_tensors.GetOrAdd(3, static n => F.ones([n]))|};")]
    [InlineData("return x * ({|BRACHY061:s_lazy ??= new int[x.shape[0]]|})[0];")]
    [InlineData("s_frozen.Add(1); return x;")]
    public Task Memos(string body) => Check($$"""
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, int> s_sizes = new();
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<int, Tensor> s_tensors = new();
        private static readonly System.Collections.Immutable.ImmutableList<int> s_frozen = [];
        private static int[]? s_lazy;
        static int Twice(int n) => n * 2;
        static int Counted(int n) => n + s_count++;
        static int[] MakeTable() => [1, 2];
        [Jit] static Tensor Step(Tensor x) { {{body}} }
        """);

    [Fact]
    public async Task TheMessageOfACallNamesWhatItDoesAndWhere()
    {
        var one = Assert.Single(await BuildCheck.Report("""
            using Brachy;
            public static partial class Steps
            {
                static void Log() => Inner();
                static void Inner() => System.Console.WriteLine();
                [Jit] static Tensor Step(Tensor x)
                {
                    Log();
                    return x;
                }
            }
            """));
        Assert.Equal(
            "Console.WriteLine in 'Inner' (line 5) runs only when 'Step' is traced, not at each call; return what to print, and print it "
            + "outside", one.GetMessage(null));
        Assert.Equal(7, one.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Equal(4, one.AdditionalLocations[0].GetLineSpan().StartLinePosition.Line);
    }

    private static string Unmarked(string code) =>
        code.Replace("{|#:", "", StringComparison.Ordinal).Replace("|}", "", StringComparison.Ordinal);

    private static string Marked(string code, string id) => code.Replace("{|#:", $"{{|{id}:", StringComparison.Ordinal);

    private static string InJit(string code, string id) => $"[Jit] static Tensor Step(Tensor x) {{ {Marked(code, id)} return x; }}";

    private static string InLambda(string code, string id) =>
        $"static object Run() => Jit.Compile((Tensor x) => {{ {Marked(code, id)} return x; }});";

    private static string InGradient(string code, string id) =>
        $"static object Run() => Grad.Of((Tensor x) => {{ {Marked(code, id)} return x.sum(); }});";

    private static string InForward(string code, string id) =>
        $"[Module] public partial class Layer {{ public Tensor Forward(Tensor x) {{ {Marked(code, id)} return x; }} }}";

    private static Task Check(string members) => AnalyzerCheck.Reports<TracedCodeAnalyzer>($$"""
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.IO;
        using System.Linq;
        using Brachy;

        public partial class Steps
        {
            private static readonly Random s_random = new(1);
            private static readonly int[] s_array = [1];
            private static readonly List<Tensor> s_list = [];
            private static readonly Dictionary<string, Tensor> s_seen = [];
            private static readonly Tensor s_table = F.ones([1]);
            private static int s_count;
            private static Tensor? s_last;

            private static event Action? Happened;

            private static int Count { get; set; }

            {{members}}
        }

        public static partial class Other
        {
            public static Tensor Draw(Tensor x) => x * Random.Shared.NextDouble();
            public static Tensor Drawn(this Tensor x) => Draw(x);
            public static Tensor Half(Tensor x) => x / 2;
            [Jit] public static Tensor Traced(Tensor x) => x;
            public static readonly Brachy.NN.Linear Model = new(1, 1);
            public static double MeanOf(this Tensor x) => (double)x;

            extension(Tensor x)
            {
                public Tensor DrawnToo() => Draw(x);
                public double MeanToo() => (double)x;
                [Jit] public Tensor Halved() => x / {|BRACHY062:(double)x|};
            }
        }

        public sealed class Written
        {
            public Written(out int n) => n = 1;
        }
        """);
}
