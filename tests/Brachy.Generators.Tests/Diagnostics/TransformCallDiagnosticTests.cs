namespace Brachy.Generators.Tests;

/// <summary>What is reported about calls of transforms.</summary>
public class TransformCallDiagnosticTests
{
    [Theory]
    [InlineData("Jit.{|BRACHY024:Compile|}((Tensor x, double scale) => x * scale)")]
    [InlineData("Jit.{|BRACHY024:Compile|}<float?, Tensor>(scale => F.ones([1]))")]
    public Task RealArgument(string call) => Check(call);

    [Theory]
    [InlineData("Jit.{|BRACHY028:Compile|}((Brachy.NN.Linear model, Tensor x) => x)")]
    [InlineData("Jit.{|BRACHY028:Compile|}((Layer model, Tensor x) => x)")]
    [InlineData("new Func<TensorScope, object>(scope => scope.{|BRACHY028:Keep|}(new Layer()))")]
    public Task ModuleArgument(string call) => Check(call);

    [Theory]
    [InlineData("Jit.{|BRACHY027:Compile|}((Batch batch) => batch.X)")]
    [InlineData("Jit.{|BRACHY027:Compile|}((Tensor x) => new Batch(x))")]
    [InlineData("Grad.{|BRACHY027:Of|}((Queue<Tensor> x) => x.Peek())")]
    [InlineData("Jit.{|BRACHY027:Compile|}((Tensor x, object y) => x)")]
    [InlineData("Jit.{|BRACHY027:Compile|}((Tensor x, dynamic y) => x)")]
    [InlineData("Jit.{|BRACHY027:Compile|}((Tensor x, Dictionary<string, object> y) => x)")]
    [InlineData("Jit.{|BRACHY027:Compile|}((TorchSharp.torch.Tensor x) => F.ones([1]))")]
    [InlineData("Jit.{|BRACHY027:Compile|}((Tensor x, TorchSharp.torch.Tensor[] y) => x)")]
    public Task NotATree(string call) => Check(call);

    [Theory]
    [InlineData("Static.Lift(Jit.Transform).{|BRACHY024:Of|}((Tensor x, double scale) => x * scale)")]
    [InlineData("Static.Lift(Jit.Transform).{|BRACHY027:Of|}((Tensor x, object y) => x)")]
    [InlineData("Static.LiftGradient(Grad.Transform).{|BRACHY028:Of|}((Layer model, Tensor x) => x)")]
    [InlineData("Static.LiftValueAndGradient(Grad.ValueTransform).{|BRACHY035:Of|}((Tensor x, Mutable y) => (x, y.Size), r => r.x, "
        + "staticArguments: [0])")]
    [InlineData("Static.Lift(Jit.Transform).{|BRACHY027:Of|}((Tensor x) => new Batch(x))")]
    [InlineData("Static.Lift(Jit.Transform).Of((Tensor x, object y, Mutable z) => x, staticArguments: [1, 2])")]
    [InlineData("Static.Lift(Jit.Transform).Of((Tensor x, object y) => x, new[] { 1 })")]
    [InlineData("Static.Lift(Jit.Transform).Of((Tensor x, object y) => x, new int[1])")]
    [InlineData("Static.Lift(Jit.Transform).Of((Tensor x) => (x, new object()), staticReturns: [1])")]
    [InlineData(
        "Static.Lift(Jit.Transform).Of((Known k, List<Tensor> x, (Tensor, int, int, int, int, int, int, Pair) y) => (x, 1, 2, 3, 4, y))")]
    public Task LiftedCalls(string call) => Check(call);

    [Fact]
    public Task CallsByTheNameAlone() => AnalyzerCheck.Reports<TransformCallAnalyzer>("""
        using System.Collections.Generic;
        using Brachy;
        using static Brachy.Jit;
        internal static class Calls
        {
            public static object F() => Compile((Tensor x, List<Tensor> y) => x);
            public static object G() => {|BRACHY027:Compile|}((Tensor x, Queue<Tensor> y) => x);
        }
        """);

    [Fact]
    public Task PrivateType() => Check("Jit.{|BRACHY034:Compile|}((Hidden x) => x.A)");

    [Fact]
    public Task TypeFromGeneratedCode() =>
        Check("Jit.{|BRACHY034:Compile|}((StructureTree t, Tensor x) => (Layer.Apply(t, GlobalConfig.Empty, x).Output, 1))");

    [Fact]
    public Task HandlerRegisteredByHand() => Check("""
        Jit.Compile((StructureTree t, Tensor x) => (Layer.Apply(t, GlobalConfig.Empty, x).Output, 1));
            static Calls() => TreeHandler.Register<(Tensor, int)>(null!);
            private static readonly object s_other = Grad.Of((Known known) => F.ones([1]))
        """);

    [Theory]
    [InlineData("Jit.{|BRACHY035:Compile|}((Tensor x, Mutable options) => x)")]
    [InlineData("Jit.{|BRACHY035:Compile|}((Tensor x, List<Mutable> options) => x)")]
    [InlineData("Jit.{|BRACHY035:Compile|}((Tensor x, (int, System.Text.StringBuilder) options) => x)")]
    public Task ArgumentNotComparedByContent(string call) => Check(call);

    [Fact]
    public Task NothingWrong() => Check("""
        Jit.Compile(
                (Tensor x, int k, string name, Func<Tensor, Tensor> f, List<int> sizes, Plain plain, (Tensor, Pair)[] pairs) => (x, pairs));
            private static readonly object s_a = Jit.Compile((StructureTree t, GlobalConfig config, Tensor x) => Layer.Apply(t, config, x));
            private static readonly object s_b = Jit.Compile((Tensor x) => 1.0);
            private static readonly object s_c = Grad.ValueAndGrad((Pair p) => (Loss: p.A, Rest: (p, 3)), r => r.Loss);
            private static readonly object s_d = Grad.TreeValueAndGrad(
                (StructureTree t, GlobalConfig c, object o) => (F.ones([1]), c), r => r.Item1);
            private static T Generic<T>(TensorScope scope, T value) => scope.Keep(value)
        """);

    private static Task Check(string call) => AnalyzerCheck.Reports<TransformCallAnalyzer>($$"""
        using System;
        using System.Collections.Generic;
        using Brachy;
        using Brachy.CompilerServices;

        public static partial class Calls
        {
            private static readonly object s_call = {{call}};

            [Tree] private partial record Hidden(Tensor A);
        }

        public record Batch(Tensor X);

        public record Plain(int A, string B);

        public class Mutable { public int Size { get; set; } }

        [Tree] public partial record Pair(Tensor A, Tensor B);

        public class Known { public Tensor? A; }

        public class KnownHandler : TreeHandler<Known>
        {
            public override void Flatten(Known value, TreeFlattener flattener) => flattener.Leaf(value.A);

            public override Known Unflatten(TreeUnflattener unflattener) => new() { A = unflattener.Leaf() };
        }

        [Module]
        public partial class Layer
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);
}
