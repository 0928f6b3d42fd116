using Brachy.Compilation;
using Brachy.IO;

namespace Brachy.Fuzz;

/// <summary>What a thread does with tensors that others may free or give away meanwhile. Each checks the values it gets.</summary>
internal static partial class StressActions
{
    private static readonly Backend[] s_backends = [Backend.TorchScript, Backend.VectorCode, Backend.Interpreter];

    public static IReadOnlyList<(string Name, Action<StressThread> Run)> All { get; } =
    [
        .. Reading(),
        .. Freeing(),
        .. s_backends.SelectMany(Compiled),
        .. s_backends.SelectMany(Donating),
        .. s_backends.SelectMany(Models),
    ];

    private static IEnumerable<(string Name, Action<StressThread> Run)> Reading()
    {
        yield return new("eager op", t =>
        {
            var (_, a) = t.Pick();
            StressThread.Expect(a.Value + 1, a.Tensor + 1);
        });
        yield return new("eager view, read later", t =>
        {
            var (_, a) = t.Pick();
            var view = a.Tensor.reshape(-1);
            Thread.Yield();
            StressThread.Expect(a.Value, view);
        });
        yield return new("ToArray", t =>
        {
            var (_, a) = t.Pick();
            StressThread.Expect(a.Value, a.Tensor);
        });
        yield return new("item", t =>
        {
            var (_, a) = t.Pick(0);
            StressThread.Expect(a.Value, [a.Tensor.item<float>()]);
        });
        yield return new("ToString", t =>
        {
            var (_, a) = t.Pick();
            _ = a.Tensor.ToString();
        });
        yield return new("AsTorch", t =>
        {
            var (_, a) = t.Pick();
            var torch = a.Tensor.AsTorch();
            Thread.Yield();
            StressThread.Expect(a.Value, torch.data<float>().ToArray());
            GC.KeepAlive(torch);
        });
        yield return new("FromTorch", t =>
        {
            var (_, a) = t.Pick();
            var torch = a.Tensor.AsTorch();
            StressThread.Expect(a.Value * 2, Tensor.FromTorch(torch) * 2);
            GC.KeepAlive(torch);
        });
        yield return new("eager gradient", t =>
        {
            var (_, a) = t.Pick();
            StressThread.Expect(a.Value * 2, Grad.Of((Tensor x) => (x * x).sum())(a.Tensor));
        });
        yield return new("safetensors file", t =>
        {
            var group = t.Random.Next(SharedTensors.Groups);
            var ((_, a), (_, b)) = (t.Pick(group), t.Pick(group));
            var path = Path.GetTempFileName();
            try
            {
                SafeTensors.Save(path, [KeyValuePair.Create("a", a.Tensor), KeyValuePair.Create("b", b.Tensor)]);
                var loaded = SafeTensors.Load(path);
                StressThread.Expect(a.Value, loaded["a"]);
                StressThread.Expect(b.Value, loaded["b"]);
            }
            finally
            {
                File.Delete(path);
            }
        });
        yield return new("predict eagerly", t =>
        {
            var model = t.Tensors.Model;
            using var scope = TensorScope.Begin();
            foreach (var (_, tensor) in model.Tree.MapParamsBuffers((_, p) => p * 2).Tensors())
            {
                StressThread.Expect(model.Value * 2, tensor);
            }
        });
        yield return new("tree comparison", t =>
        {
            var (_, a) = t.Pick();
            var (left, right) = (new StructureTree(), new StructureTree());
            left.Params["w"] = a.Tensor;
            right.Params["w"] = F.full(a.Tensor.shape, a.Value);
            if (!left.ValueEquals(right))
            {
                throw new InvalidDataException("the tree has other values");
            }
        });
    }

    private static IEnumerable<(string Name, Action<StressThread> Run)> Freeing()
    {
        yield return new("Dispose", t =>
        {
            var (place, a) = t.Pick();
            a.Tensor.Dispose();
            t.Tensors[place] = SharedTensors.New(place, t.Random.Next(100));
        });
        yield return new("end of a scope", t =>
        {
            var (place, _) = t.Pick();
            using (TensorScope.Begin())
            {
                t.Tensors[place] = SharedTensors.New(place, t.Random.Next(100));
                for (var i = t.Random.Next(20); i > 0; i--)
                {
                    Thread.Yield();
                }
            }
        });
        yield return new("a view in its place", t =>
        {
            var (place, a) = t.Pick();
            t.Tensors[place] = a with { Tensor = a.Tensor.reshape(a.Tensor.shape) };
        });
        yield return new("garbage", t =>
        {
            if (t.Random.Next(16) == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
    }
}
