using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators.Tests;

/// <summary>What is reported about variables that are used after they were given away.</summary>
public class DonatedUseDiagnosticTests
{
    [Theory]
    [InlineData("var y = StepJit(x); Use({|BRACHY060:x|});")]
    [InlineData("StepJit(x); StepJit({|BRACHY060:x|});")]
    [InlineData("StepJit(x); var y = {|BRACHY060:x|} + 1;")]
    [InlineData("var y = StepJit(x) + {|BRACHY060:x|};")]
    [InlineData("StepJit(x); {|BRACHY060:x|} += 1;")]
    [InlineData("for (var i = 0; i < 3; i++) { var y = StepJit({|BRACHY060:x|}); }")]
    [InlineData("while (flag) { StepJit({|BRACHY060:x|}); }")]
    [InlineData("foreach (var b in batches) { if (flag) { StepJit({|BRACHY060:x|}); } }")]
    [InlineData("if (flag) { StepJit(x); } Use({|BRACHY060:x|});")]
    [InlineData("if (flag) { StepJit(x); } else { x = StepJit(x); } Use({|BRACHY060:x|});")]
    [InlineData("var y = flag ? StepJit(x) : x; Use({|BRACHY060:x|});")]
    [InlineData("StepJit(flag ? x : x + 1); Use({|BRACHY060:x|});")]
    [InlineData("(model, var loss) = TrainJit(opt, model, flag ? x : x + 1); Use({|BRACHY060:opt|});")]
    [InlineData("var (m, loss) = TrainJit(opt, model, x); Use({|BRACHY060:model|});")]
    [InlineData("TrainJit(model: model, opt: opt, x: x); Use({|BRACHY060:model|}); Use({|BRACHY060:opt|}); Use(x);")]
    [InlineData("PairJit((x, model)); Use({|BRACHY060:x|});")]
    [InlineData("BothJit(pair); Use({|BRACHY060:pair.A|});")]
    [InlineData("StepJit(pair.A); Use(pair.B); Use({|BRACHY060:pair.A|});")]
    [InlineData("StepJit(two.First); Use(two.Second); Use({|BRACHY060:two.First|});")]
    [InlineData("StepJit(_field); Use({|BRACHY060:_field|});")]
    [InlineData("StepJit(this._field); Use({|BRACHY060:_field|});")]
    [InlineData("StepJit(Property); Use({|BRACHY060:Property|});")]
    [InlineData("StepJit(s_field); Use({|BRACHY060:s_field|});")]
    [InlineData("ModelJit(net.Tree); net.Call(x); net = new Layer();", "net.Call", "{|BRACHY060:net|}.Call")]
    [InlineData("ModelJit(net.Tree); Use({|BRACHY060:net.Tree|});")]
    [InlineData("try { StepJit(x); } finally { } Use({|BRACHY060:x|});")]
    [InlineData("using (var s = TensorScope.Begin()) { StepJit(x); } Use({|BRACHY060:x|});")]
    [InlineData("using var s = TensorScope.Begin(); StepJit(x); Use({|BRACHY060:x|});")]
    [InlineData("StepJit(x); try { Use({|BRACHY060:x|}); } catch (Exception) { }")]
    [InlineData("switch (batches.Length) { case 1: StepJit(x); break; default: x = StepJit(x); break; } Use({|BRACHY060:x|});")]
    [InlineData("Action a = () => { var y = StepJit(x); Use({|BRACHY060:x|}); };")]
    [InlineData("void Run(Tensor own) { var y = StepJit(own); Use({|BRACHY060:own|}); }")]
    [InlineData("var f = Jit.Compile((Tensor a) => a + 1, donate: [0]); f.Invoke(x); Use({|BRACHY060:x|});")]
    [InlineData("var f = Jit.Compile((Tensor a, Tensor b) => a + b, new[] { 1 }); f.Invoke(y, x); Use(y); Use({|BRACHY060:x|});")]
    [InlineData("var f = Jit.Compile((Tensor a, Tensor b) => a + b, donate: new int[] { 0, 1 }); f.Invoke(y, x); Use({|BRACHY060:y|});")]
    [InlineData("Jit.Compile((Tensor a) => a + 1, donate: [0]).Invoke(x); Use({|BRACHY060:x|});")]
    [InlineData("s_step.Invoke(x); Use({|BRACHY060:x|});")]
    [InlineData("await Task.Yield(); StepJit(x); await Task.Yield(); Use({|BRACHY060:x|});")]
    [InlineData("do { StepJit({|BRACHY060:x|}); } while (flag);")]
    [InlineData("var before = x; x = StepJit(x); Use({|BRACHY060:before|});")]
    [InlineData("var before = model; foreach (var b in batches) { (opt, model) = TrainJit(opt, model, b); } Use({|BRACHY060:before|});")]
    [InlineData("var best = y; foreach (var b in batches) { x = StepJit(x); if (flag) { best = x; } } Use({|BRACHY060:best|});")]
    [InlineData("var own = x; own = StepJit(own); Use({|BRACHY060:x|});")]
    [InlineData("var a = x; var b = a; StepJit(b); Use({|BRACHY060:x|});")]
    [InlineData("_field = x; StepJit(x); Use({|BRACHY060:_field|});")]
    [InlineData("StepJit(x); goto Next; Next: Use({|BRACHY060:x|});")]
    [InlineData("var z = StepJit(x) is { } r ? {|BRACHY060:x|} : y;")]
    [InlineData("Led(x); Use({|BRACHY060:x|});")]
    [InlineData("Led(k: 1, x: x); Use({|BRACHY060:x|});")]
    [InlineData("x.LedTwice(); Use({|BRACHY060:x|});")]
    [InlineData("Extensions.LedTwice(x); Use({|BRACHY060:x|});")]
    [InlineData("y.LedWith(x); Use(y); Use({|BRACHY060:x|});")]
    [InlineData("x.LedClassic(); Use({|BRACHY060:x|});")]
    [InlineData("x.TwiceJit(); Use({|BRACHY060:x|});")]
    [InlineData("Generic<int>.Led(x); Use({|BRACHY060:x|});")]
    [InlineData("var next = Led(x); Func<Tensor> later = () => { Out(out x); return x; }; for (;;) { Led({|BRACHY060:next|}); }")]
    public Task Used(string body, string from = "", string to = "") =>
        Check(from.Length == 0 ? body : body.Replace(from, to, StringComparison.Ordinal));

    [Theory]
    [InlineData("x = StepJit(x); Use(x);")]
    [InlineData("var before = x.clone(); x = StepJit(x); Use(before);")]
    [InlineData("var before = x; x = y; x = StepJit(x); Use(before);")]
    [InlineData("var before = x; before = F.ones([1]); x = StepJit(x); Use(before);")]
    [InlineData("var best = y; foreach (var b in batches) { x = StepJit(x); if (flag) { best = x.clone(); } } Use(best);")]
    [InlineData("foreach (var b in batches) { var own = b; StepJit(own); }")]
    [InlineData("var next = StepJit(x); x = next; Use(x); Use(next);")]
    [InlineData("for (var i = 0; i < 3; i++) { x = StepJit(x); } Use(x);")]
    [InlineData("(opt, model) = TrainJit(opt, model, x); Use(opt); Use(model);")]
    [InlineData("foreach (var b in batches) { (opt, model) = TrainJit(opt, model, b); } Use(model);")]
    [InlineData("foreach (var b in batches) { (opt, (model, var loss)) = NestedJit(opt, model, b); Use(loss); } Use(model);")]
    [InlineData("foreach (var b in batches) { (opt, model) = flag ? TrainJit(opt, model, b) : Train(opt, model, b); } Use(model);")]
    [InlineData("foreach (var b in batches) { (opt, model) = TrainJit(opt, model, flag ? b : b + 1); } Use(model);")]
    [InlineData("foreach (var b in batches) { StepJit(b); }")]
    [InlineData("for (var i = 0; i < 3; i++) { var own = x + i; StepJit(own); }")]
    [InlineData("for (var i = 0; i < 3; i++) { Tensor own; own = x + i; StepJit(own); }")]
    [InlineData("var r = TrainJit(opt, model, x); (opt, model) = r; Use(model);")]
    [InlineData("var r = TrainJit(opt, model, x); opt = r.Item1; model = r.Item2; Use(model);")]
    [InlineData("StepJit(x); x = F.ones([1]); Use(x);")]
    [InlineData("StepJit(x); x = null!; Use(x);")]
    [InlineData("StepJit(x); x = flag ? y : y + 1; Use(x);")]
    [InlineData("StepJit(x); Out(out x); Use(x);")]
    [InlineData("StepJit(x); Ref(ref y); Use(y);")]
    [InlineData("var s = x.shape; StepJit(x); Use(x.shape[0] + x.ndim + x.size(0)); Use(x.dtype); x.Dispose();")]
    [InlineData("StepJit(x); if (x is null || x == null || ReferenceEquals(x, y)) { }")]
    [InlineData("if (flag) { StepJit(x); return; } Use(x);")]
    [InlineData("if (flag) { StepJit(x); throw new Exception(); } Use(x);")]
    [InlineData("if (flag) { StepJit(x); } else { Use(x); }")]
    [InlineData("while (true) { StepJit(x); break; }")]
    [InlineData("try { StepJit(x); } catch (Exception) { Use(x); }")]
    [InlineData("using var own = x + 1; StepJit(own);")]
    [InlineData("StepJit(x); Func<Tensor> later = () => x;")]
    [InlineData("void Next() => x = y; StepJit(x); Next(); Use(x);")]
    [InlineData("Action next = () => x = y; StepJit(x); next(); Use(x);")]
    [InlineData("StepJit(_field); Renew(); Use(_field);")]
    [InlineData("_field = StepJit(_field); Use(_field);")]
    [InlineData("(_field, var loss) = TwoJit(_field); Use(_field);")]
    [InlineData("BothJit(pair); Use(pair.Count);")]
    [InlineData("pair = BothJit(pair); Use(pair.A);")]
    [InlineData("pair = pair with { A = StepJit(pair.A) }; Use(pair.A);")]
    [InlineData("StepJit(pair.A); Use(pair.B);")]
    [InlineData("KeepJit(x); Use(x);")]
    [InlineData("TrainJit(opt, model, x); Use(x);")]
    [InlineData("Step(x); Use(x);")]
    [InlineData("StepJit(x + 1); Use(x);")]
    [InlineData("StepJit(batches[0]); Use(batches[1]);")]
    [InlineData("ModelJit(net.Tree); net = new Layer(); net.Call(x);")]
    [InlineData("var f = Jit.Compile((Tensor a) => a + 1); f.Invoke(x); Use(x);")]
    [InlineData("var f = Jit.Compile((Tensor a, Tensor b) => a + b, donate: [1]); x = f.Invoke(y, x); Use(x); Use(y);")]
    [InlineData("var f = Jit.Compile((Tensor a) => StepJit(a) + a); f.Invoke(x);")]
    [InlineData("x = s_step.Invoke(x); Use(x);")]
    [InlineData("if (x is Tensor t) { StepJit(t); } Use(y);")]
    [InlineData("Use(nameof(x)); StepJit(x); Use(nameof(x));")]
    [InlineData("x = Led(x); Use(x);")]
    [InlineData("Led(x + 1); Use(x);")]
    [InlineData("LedKept(x); Use(x);")]
    [InlineData("Hidden(x); Use(x);")]
    [InlineData("x = x.LedTwice(); Use(x);")]
    [InlineData("var f = Jit.Compile((Tensor a) => Led(a) + a); f.Invoke(x);")]
    [InlineData("Func<Tensor, int, Tensor> f = Led; f(x, 1); Use(x);")]
    [InlineData("void Next() => Out(out x); StepJit(x); Next(); Use(x);")]
    [InlineData("try { StepJit(x); } finally { Out(out x); } Use(x);")]
    public Task NothingWrong(string body) => Check(body);

    [Fact]
    public async Task TheMessageNamesVariableCallAndLine()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            public static partial class Steps
            {
                [Jit] static Tensor Step([Donate] Tensor x) => x + 1;
                static Tensor Run(Tensor x)
                {
                    var y = StepJit(x);
                    return x + y;
                }
            }
            """);
        var one = Assert.Single(reported);
        Assert.Equal(
            "'x' was donated to 'StepJit' (line 7), which may have reused its memory; use what the call returned, as in "
            + "'x = StepJit(x, …)', or do not donate it", one.GetMessage(null));
        Assert.Equal(7, one.Location.GetLineSpan().StartLinePosition.Line);
    }

    private static Task Check(string body) => AnalyzerCheck.Reports<DonatedUseAnalyzer>($$"""
        using System;
        using System.Threading.Tasks;
        using Brachy;

        [Tree] public partial record Pair(Tensor A, Tensor B, int Count);

        [Module] public partial class Layer { public Tensor Forward(Tensor x) => x; }

        public partial class Steps
        {
            private static readonly JitFunction<Brachy.CompilerServices.Arguments<Tensor>, Tensor> s_step =
                Jit.Compile((Tensor a) => a + 1, donate: [0]);
            private static Tensor s_field = F.ones([1]);
            private Tensor _field = F.ones([1]);

            private Tensor Property { get; set; } = F.ones([1]);

            [Jit] static Tensor Step([Donate] Tensor x) => x + 1;
            [Jit] static Tensor Keep(Tensor x) => x + 1;
            [Jit(Intercept = true)] internal static Tensor Led([Donate] Tensor x, int k = 0) => x + 1;
            [Jit(Intercept = true)] internal static Tensor LedKept(Tensor x) => x + 1;
            [Jit(Intercept = true)] protected static Tensor Hidden([Donate] Tensor x) => x + 1;
            [Jit] static (Tensor, Tensor) Two([Donate] Tensor x) => (x, x);
            [Jit] static Pair Both([Donate] Pair pair) => pair;
            [Jit] static Tensor Pair([Donate] (Tensor, StructureTree) pair) => pair.Item1;
            [Jit] static StructureTree Model([Donate] StructureTree model) => model;
            [Jit] static (StructureTree, StructureTree) Train(
                [Donate] StructureTree opt, [Donate] StructureTree model, Tensor x) => (opt, model);
            [Jit] static (StructureTree, (StructureTree, Tensor)) Nested(
                [Donate] StructureTree opt, [Donate] StructureTree model, Tensor x) =>
                (opt, (model, x));

            static async Task Run(
                Steps steps, Tensor x, Tensor y, StructureTree opt, StructureTree model, Tensor[] batches, bool flag, Pair pair,
                (Tensor First, Tensor Second) two, Layer net) => await steps.Body(x, y, opt, model, batches, flag, pair, two, net);

            private async Task Body(
                Tensor x, Tensor y, StructureTree opt, StructureTree model, Tensor[] batches, bool flag, Pair pair,
                (Tensor First, Tensor Second) two, Layer net)
            {
                {{body}}
            }

            private void Renew() => _field = F.ones([1]);

            private static void Out(out Tensor x) => x = F.ones([1]);

            private static void Ref(ref Tensor x) => x = F.ones([1]);
        }

        public static partial class Generic<T>
        {
            [Jit(Intercept = true)] public static Tensor Led([Donate] Tensor x) => x + 1;
        }

        public static partial class Extensions
        {
            extension([Donate] Tensor x)
            {
                [Jit] public Tensor Twice() => x * 2;
                [Jit(Intercept = true)] public Tensor LedTwice() => x * 2;
            }

            extension(Tensor y)
            {
                [Jit(Intercept = true)] public Tensor LedWith([Donate] Tensor x) => x * y;
            }

            [Jit(Intercept = true)] public static Tensor LedClassic([Donate] this Tensor x) => x * 2;
        }

        public static class Uses { public static void Show(object? o) { } }
        """.Replace("Use(", "Uses.Show(", StringComparison.Ordinal));
}
