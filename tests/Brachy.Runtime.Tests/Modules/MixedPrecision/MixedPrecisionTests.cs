using Brachy.Modules;
using Brachy.NN;
using Brachy.Tests.Optim;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

[Trait("Category", "Quick")]
public class MixedPrecisionTests
{
    public static TheoryData<DType> Halves => [DType.Float16, DType.BFloat16];

    [Theory]
    [MemberData(nameof(Halves))]
    public void NodesComputeInHalfPrecisionAndTheTreeKeepsItsTypes(DType dtype)
    {
        var (built, config, x, _) = ToyTraining.Make(DType.Float32);
        var model = MixedPrecision.Cast(built, dtype);
        var (after, y) = ToyNet.Apply(model, config, x);
        var (_, expected) = ToyNet.Apply(built, config, x);
        Assert.Equal(DType.Float32, y.dtype);
        var error = (double)(y - expected).abs().max();
        Assert.InRange(error, 1e-7, dtype == DType.Float16 ? 0.005 : 0.05);

        foreach (var (path, tensor) in after.Tensors())
        {
            Assert.Equal(ToyTraining.At(built, path).dtype, tensor.dtype);
            Assert.Equal(path is not ("calls" or "mean"), ReferenceEquals(ToyTraining.At(built, path), tensor));
        }

        Assert.Equal(1, (long)after.Buffers["calls"].Tensor);
        Assert.InRange((double)after.Buffers["mean"].Tensor, (0.1 * (double)x.mean()) - 0.001, (0.1 * (double)x.mean()) + 0.001);
        Assert.Equal(ToyTraining.Bits(built), ToyTraining.Bits(model));
    }

    [Fact]
    public void EachTensorIsCastOnce()
    {
        using var rng = Rng.Scope(0);
        var (built, config) = new Sequential(new Linear(4, 5), new ReLU(), new Sequential(new Linear(5, 6), new ReLU()), new Linear(6, 2));
        var apply = Jit.Compile((StructureTree t, GlobalConfig c, Tensor x) => Sequential.Apply(t, c, x).Output);
        apply.Invoke(MixedPrecision.Cast(built, DType.BFloat16), config, Rng.Normal([3, 4]));
        Assert.Equal(8, apply.Graph!.Equations.Count(e => e.Primitive.Name == "cast"));

        // Cast anew and applied again: equal functions, so no new trace.
        apply.Invoke(MixedPrecision.Cast(MixedPrecision.Cast(built, DType.Float16), DType.BFloat16), config, Rng.Normal([3, 4]));
        Assert.Equal(1, apply.TraceCount);
        apply.Invoke(MixedPrecision.Cast(built, DType.Float16), config, Rng.Normal([3, 4]));
        Assert.Equal(2, apply.TraceCount);
    }

    [Fact]
    public void ForcedNodesAndThoseBelowComputeInFloat32()
    {
        var seen = new List<(string, DType, DType)>();
        StructureTree Node(string name, params (string, StructureTree)[] below)
        {
            var node = new StateOrganizer();
            node.RegisterParameter("w", F.ones([]));
            foreach (var (key, tree) in below)
            {
                node.RegisterSubmodule(key, new StateOrganizer(tree, GlobalConfig.Empty));
            }

            node.SetApply(name, (StateOrganizer o, Tensor x) =>
            {
                seen.Add((name, x.dtype, o["w"].Tensor.dtype));
                foreach (var key in o.Tree.Submodules.Keys)
                {
                    x = o.Call<Tensor, Tensor>(key, x);
                }

                return x * o["w"].Tensor;
            });
            return node.Tree;
        }

        var tree = Node("root", ("first", Node("first")), ("high", Node("high", ("below", Node("below")))), ("last", Node("last")));
        tree.Submodules["high"].Aux["force_high_precision"] = true;
        var model = MixedPrecision.Cast(tree, DType.Float16);
        var y = Module<Tensor, Tensor>.Bind(model, GlobalConfig.Empty).Call(F.ones([2]));
        Assert.Equal(DType.Float32, y.dtype);
        var (half, single) = (DType.Float16, DType.Float32);
        Assert.Equal(
            [("root", half, half), ("first", half, half), ("high", single, single), ("below", single, single), ("last", half, half)], seen);
        Assert.All(model.Tensors(), t => Assert.Equal(single, t.Tensor.dtype));

        // Each node can be applied by itself, marked before or after.
        seen.Clear();
        var byPath = MixedPrecision.ForceHighPrecision(
            MixedPrecision.Cast(Node("root", ("first", Node("first"))), DType.BFloat16), (path, _) => path == "first");
        Module<Tensor, Tensor>.Bind(byPath.Submodules["first"], GlobalConfig.Empty).Call(F.ones([2]).bfloat16());
        Module<Tensor, Tensor>.Bind(MixedPrecision.ForceHighPrecision(byPath, (path, _) => path.Length == 0), GlobalConfig.Empty).Call(
            F.ones([2]));
        Assert.Equal([("first", single, single), ("root", single, single), ("first", single, single)], seen);
    }

    [Fact]
    public void ANormInFloat32IsMoreAccurate()
    {
        using var rng = Rng.Scope(0);
        StructureTree Norm() => new()
        {
            ApplyFn = ApplyFn.Organized("norm", static (StateOrganizer _, Tensor x) =>
            {
                var centred = x - x.mean(-1, keepdim: true);
                return centred / (centred.square().mean(-1, keepdim: true) + 1e-5).sqrt();
            }),
        };
        var (built, config) = new Sequential(
            new Linear(64, 64), Module<Tensor, Tensor>.Bind(Norm(), GlobalConfig.Empty), new Linear(64, 64),
            Module<Tensor, Tensor>.Bind(Norm(), GlobalConfig.Empty));
        var x = (Rng.Normal([8, 64]) * 5) + 30;
        var expected = Sequential.Apply(built, config, x).Output;
        double Error(StructureTree model) => (double)(Sequential.Apply(model, config, x).Output - expected).abs().mean();
        var plain = Error(MixedPrecision.Cast(built, DType.BFloat16));
        var forced = Error(
            MixedPrecision.Cast(MixedPrecision.ForceHighPrecision(built, (_, node) => node.ApplyFn!.Name == "norm"), DType.BFloat16));
        Assert.InRange(forced, 1e-6, 0.9 * plain);
    }

    [Fact]
    public void IntegersTablesSharedParamsAndBuffersInListsAreRight()
    {
        using var rng = Rng.Scope(0);
        var table = new StateOrganizer();
        table.RegisterParameter("weight", Rng.Normal([10, 4]));
        table.RegisterParameter("bias", TreeValue.None);
        table.SetApply("table", (StateOrganizer o, Tensor i) => F.embedding(o["weight"], i));
        var net = new StateOrganizer();
        net.RegisterSubmodule("table", table);
        net.RegisterBuffer("history", new TreeValue[] { F.full([], 0.1), F.full([], 7L), F.full([], 0.3, DType.Float64) });
        net.SetApply("net", (StateOrganizer o, (Tensor I, Tensor Offset) input) =>
        {
            Assert.Equal((DType.Int64, DType.BFloat16), (input.I.dtype, input.Offset.dtype));
            var x = o.Call<Tensor, Tensor>("table", input.I) + input.Offset;
            var history = o["history"].List;
            o["history"] = new TreeValue[] { history[0], history[1].Tensor + 1, history[2] };
            return (F.linear(x, o.Submodule("table")["weight"]), input.I);
        });
        var model = MixedPrecision.Cast(net.Tree, DType.BFloat16);
        var (after, (logits, same)) = model.Apply<(Tensor, Tensor), (Tensor, Tensor)>(
            GlobalConfig.Empty, (F.tensor(new[] { 1L, 9L }), F.ones([4])));
        Assert.Equal((DType.Float32, DType.Int64), (logits.dtype, same.dtype));
        Assert.Equal([2, 10], logits.shape.ToArray());
        var list = after.Buffers["history"].List;
        Assert.Same(model.Buffers["history"].List[0].Tensor, list[0].Tensor);
        Assert.Same(model.Buffers["history"].List[2].Tensor, list[2].Tensor);
        Assert.Equal(8, (long)list[1].Tensor);

        var (_, grads) = Grad.TreeValueAndGrad(m => m.Apply<(Tensor, Tensor), (Tensor, Tensor)>(
            GlobalConfig.Empty, (F.tensor(new[] { 1L, 9L }), F.ones([4]))).Output.Item1.sum())(model);
        Assert.Equal(DType.Float32, grads.Submodules["table"].Params["weight"].Tensor.dtype);
        Assert.InRange((double)grads.Submodules["table"].Params["weight"].Tensor.abs().sum(), 1, 1e4);
    }

    [Fact]
    public void RestoreTakesItOffAlsoFromUnderHooks()
    {
        var (built, config, x, _) = ToyTraining.Make(DType.Float32);
        var model = MixedPrecision.Cast(built, DType.Float16);
        Assert.NotEqual(built.ApplyFn, model.ApplyFn);
        Assert.Equal($"{built.ApplyFn!.Name}[float16]", model.ApplyFn!.Name);
        model.ApplyFn = model.ApplyFn.Wrap("hook", new Plus(1));
        var restored = MixedPrecision.Restore(model);
        Assert.Equal(built.ApplyFn.Wrap("hook", new Plus(1)), restored.ApplyFn);
        Assert.Equal(built.Submodules["hidden"].ApplyFn, restored.Submodules["hidden"].ApplyFn);
        Assert.Equal(
            ToyTraining.Bits(One(ToyNet.Apply(built, config, x).Output + 1)),
            ToyTraining.Bits(One(ToyNet.Apply(restored, config, x).Output)));
        Assert.Throws<ArgumentException>(() => MixedPrecision.Cast(built, DType.Float32));
        Assert.Throws<ArgumentNullException>(() => MixedPrecision.Cast(null!));
    }

    [Fact]
    public void AFailureLeavesNothingBehind()
    {
        var tree = new StructureTree
        {
            Params = { ["w"] = F.ones([]) },
            ApplyFn = new ApplyFn<Tensor, Tensor>(
                "fails", (node, _, x) => node.Params["w"].Tensor.dtype == x.dtype ? throw new TimeoutException() : x),
        };
        var model = MixedPrecision.Cast(tree, DType.Float16);
        var view = Module<Tensor, Tensor>.Bind(model, GlobalConfig.Empty);
        for (var i = 0; i < 2; i++)
        {
            Assert.Throws<TimeoutException>(() => view.Call(F.ones([])));
            Assert.Same(tree.Params["w"].Tensor, model.Params["w"].Tensor);
        }
    }

    [Fact]
    public void WrappedFunctionsHaveValueEqualityAndSeeEverySignature()
    {
        var (tree, config) = new Pair(new Scaler(10));
        var wrapped = tree.Copy();
        wrapped.Submodules["first"].ApplyFn = wrapped.Submodules["first"].ApplyFn!.Wrap("plus", new Plus(5));
        var (_, (sum, _)) = Pair.Apply(wrapped, config, F.full([2], 3.0), F.full([2], 3.0));
        Assert.Equal(36 + 5, (double)sum[0]);
        var first = tree.Submodules["first"].ApplyFn!;
        Assert.Equal(first.Wrap("plus", new Plus(5)), wrapped.Submodules["first"].ApplyFn);
        Assert.NotEqual(first.Wrap("plus", new Plus(6)), wrapped.Submodules["first"].ApplyFn);
        Assert.NotEqual(first.Wrap("minus", new Plus(5)), wrapped.Submodules["first"].ApplyFn);
        Assert.Same(first, wrapped.Submodules["first"].ApplyFn!.Wrapped);
        Assert.Equal(new Plus(5), wrapped.Submodules["first"].ApplyFn!.Wrapper);
        Assert.Null(first.Wrapped);
        Assert.Null(first.Wrapper);
    }

    private static StructureTree One(Tensor tensor) => new() { Params = { ["x"] = tensor } };

    private sealed record Plus(int Number) : IApplyWrapper
    {
        public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input) =>
            inner.Call(tree, config, input) is Tensor y ? (TOutput)(object)(y + Number) : throw new NotSupportedException();
    }
}
