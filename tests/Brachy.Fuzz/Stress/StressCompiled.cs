using Brachy.Compilation;

namespace Brachy.Fuzz;

/// <summary>Compiled functions on shared tensors: reading them, and taking them over.</summary>
internal static partial class StressActions
{
    private static IEnumerable<(string Name, Action<StressThread> Run)> Compiled(Backend backend)
    {
        var two = Jit.Compile((Tensor a, Tensor b) => (a * 2) + b, backend: backend);
        var passing = Jit.Compile((Tensor a) => (a, a.reshape(-1), a * 2), backend: backend);
        var gradient = Jit.Compile((Tensor a) => Grad.Of((Tensor x) => (x * x).sum())(a), backend: backend);
        var versions = Jit.Compile((Tensor a, int b) => a + b, backend: backend);
        yield return new($"read, {backend}", t =>
        {
            var group = t.Random.Next(SharedTensors.Groups);
            var ((_, a), (_, b)) = (t.Pick(group), t.Pick(group));
            StressThread.Expect((a.Value * 2) + b.Value, two.Invoke(a.Tensor, b.Tensor));
        });
        yield return new($"read twice, {backend}", t =>
        {
            var (_, a) = t.Pick();
            StressThread.Expect(a.Value * 3, two.Invoke(a.Tensor, a.Tensor));
        });
        yield return new($"pass through, {backend}", t =>
        {
            var (_, a) = t.Pick();
            var (same, view, doubled) = passing.Invoke(a.Tensor);
            StressThread.Expect(a.Value * 2, doubled);
            StressThread.Expect(a.Value, view);
            StressThread.Expect(a.Value, same);
        });
        yield return new($"gradient, {backend}", t =>
        {
            var (_, a) = t.Pick();
            StressThread.Expect(a.Value * 2, gradient.Invoke(a.Tensor));
        });
        yield return new($"versions dropped, {backend}", t =>
        {
            var (_, a) = t.Pick(1);
            var b = t.Random.Next(6);
            StressThread.Expect(a.Value + b, versions.Invoke(a.Tensor, b));
            if (t.Random.Next(8) == 0)
            {
                versions.ClearCache();
            }
        });
        yield return new($"captured, {backend}", t =>
        {
            if (t.Random.Next(8) == 0)
            {
                var (_, a) = t.Pick();
                var f = Jit.Compile((Tensor x) => (x * 0) + a.Tensor, backend: backend);
                var like = F.ones(a.Tensor.shape);
                StressThread.Expect(a.Value, f.Invoke(like));
                StressThread.Expect(a.Value, f.Invoke(like));
            }
        });
    }

    private static IEnumerable<(string Name, Action<StressThread> Run)> Donating(Backend backend)
    {
        var step = Jit.Compile((Tensor w) => w + 1, donate: [0], backend: backend, name: "step");
        var pass = Jit.Compile((Tensor a, Tensor b) => (a, b + 1), donate: [0, 1], backend: backend, name: "pass");
        var free = Jit.Compile((Tensor a) => a.to(DType.Float64), donate: [0], backend: backend, name: "free");
        var fail = Jit.Compile((Tensor w, Tensor i) => F.index_select(w.reshape(-1), 0, i), donate: [0], backend: backend, name: "fail");
        var tree = Jit.Compile(
            (StructureTree m) => m.MapParamsBuffers((_, p) => p * 2), donate: [0], backend: backend, name: "tree");
        var missing = F.tensor([1L << 40]);
        yield return new($"step, {backend}", t =>
        {
            var (place, a) = t.Pick();
            var next = new Shared(a.Value + 1, step.Invoke(a.Tensor));
            t.Tensors[place] = next;
            StressThread.Expect(next.Value, next.Tensor);
        });
        yield return new($"step, then step again, {backend}", t =>
        {
            var (place, a) = t.Pick();
            var next = new Shared(a.Value + 2, step.Invoke(step.Invoke(a.Tensor)));
            t.Tensors[place] = next;
        });
        yield return new($"donated and passed, {backend}", t =>
        {
            var group = t.Random.Next(SharedTensors.Groups);
            var ((first, a), (second, b)) = (t.Pick(group), t.Pick(group));
            if (first != second)
            {
                var (same, next) = pass.Invoke(a.Tensor, b.Tensor);
                (t.Tensors[first], t.Tensors[second]) = (new(a.Value, same), new(b.Value + 1, next));
            }
        });
        yield return new($"donated and freed, {backend}", t =>
        {
            var (place, a) = t.Pick();
            var wide = free.Invoke(a.Tensor);
            t.Tensors[place] = SharedTensors.New(place, t.Random.Next(100));
            StressThread.Expect(a.Value, wide.to(DType.Float32));
        });
        yield return new($"donated to a call that fails, {backend}", t =>
        {
            // A tensor of this thread's own, which others see: its memory comes back whole, unless another call has taken it.
            var (place, a) = t.Pick();
            try
            {
                fail.Invoke(a.Tensor, missing);
            }
            catch (NativeOpException)
            {
                StressThread.Expect(a.Value, a.Tensor);
            }
        });
        yield return new($"a tree's tensors, {backend}", t =>
        {
            var group = t.Random.Next(SharedTensors.Groups);
            var ((first, a), (second, b)) = (t.Pick(group), t.Pick(group));
            if (first != second)
            {
                var model = new StructureTree();
                (model.Params["a"], model.Params["b"]) = (a.Tensor, b.Tensor);
                var after = tree.Invoke(model);
                (t.Tensors[first],
                    t.Tensors[second]) = (new(a.Value * 2, after.Params["a"].Tensor), new(b.Value * 2, after.Params["b"].Tensor));
            }
        });
    }

    /// <summary>One thread trains, others use the weights that they picked up before.</summary>
    private static IEnumerable<(string Name, Action<StressThread> Run)> Models(Backend backend)
    {
        var step = Jit.Compile((StructureTree m) => m.MapParamsBuffers((_, p) => p + 1), donate: [0], backend: backend, name: "train");
        var predict = Jit.Compile((StructureTree m, Tensor x) => m.MapParamsBuffers((_, p) => p * x), backend: backend, name: "predict");
        yield return new($"train, {backend}", t =>
        {
            var model = t.Tensors.Model;
            try
            {
                t.Tensors.Model = model.Value > 1000 ? SharedModel.New(0) : new(model.Value + 1, step.Invoke(model.Tree));
            }
            catch (DonatedTensorException)
            {
                // The thread that took it publishes the next.
            }
        });
        yield return new($"predict, {backend}", t =>
        {
            var model = t.Tensors.Model;
            foreach (var (_, tensor) in predict.Invoke(model.Tree, 2).Tensors())
            {
                StressThread.Expect(model.Value * 2, tensor);
            }
        });
    }
}
