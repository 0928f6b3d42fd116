using TorchSharp;

namespace Brachy.Benchmarks;

/// <summary>
/// Gradients of each sample of a batch: all at once by <see cref="Grad.PerSample"/>, beside the gradient of the batch, and beside the loop
/// over the samples that one writes in TorchSharp.
/// </summary>
internal static class SampleGradients
{
    /// <summary>The gradients as results.</summary>
    public static IEnumerable<Measurement> Whole(string ratio, string speedup, int[] sizes, int batch, double most, double least) =>
        Measure(ratio, speedup, sizes, batch, most, least, grads => grads, Stacked);

    /// <summary>Each clipped to a norm, and their mean, as private training (DP-SGD) takes them.</summary>
    public static IEnumerable<Measurement> Clipped(string ratio, string speedup, int[] sizes, int batch, double most, double least) =>
        Measure(ratio, speedup, sizes, batch, most, least, ClippedMean, SumOfClipped);

    private static IEnumerable<Measurement> Measure(
        string ratio, string speedup, int[] sizes, int batch, double most, double least, Func<StructureTree, StructureTree> reduce,
        Func<IEnumerable<IList<torch.Tensor>>, torch.Tensor[]> collect)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Mlp(sizes);
        (Tensor X, Tensor Y) data = (Rng.Normal([batch, sizes[0]]), Rng.RandInt(0, sizes[^1], [batch]));
        (Tensor X, Tensor Y)[] samples = [.. Enumerable.Range(0, batch).Select(i => (F.select(data.X, 0, i), F.select(data.Y, 0, i)))];
        Tensor Loss(StructureTree own, (Tensor X, Tensor Y) rows) =>
            F.softmax_cross_entropy(Mlp.Apply(own, config, rows.X).Output, rows.Y);

        var ofBatch = Jit.Compile(
            (StructureTree own, (Tensor X, Tensor Y) rows) => Grad.TreeValueAndGrad(tree => Loss(tree, rows))(own), name: "gradient");
        var ofEach = Jit.Compile(
            (StructureTree own, (Tensor X, Tensor Y) rows) =>
            {
                var (losses, grads) = Grad.PerSample<(Tensor X, Tensor Y)>(Loss)(own, rows);
                return (losses, reduce(grads));
            },
            name: "gradients");
        Action Run(Func<StructureTree, (Tensor X, Tensor Y), (Tensor, StructureTree)> function, params (Tensor X, Tensor Y)[] all) => () =>
        {
            using var scope = TensorScope.Begin();
            Array.ForEach(all, rows => _ = function(model, rows));
        };

        var (each, one) = Interleaved.Medians(Run(ofEach.Invoke, data), Run(ofBatch.Invoke, data), blocks: 12, blockSize: 5);
        var (loop, again) = Interleaved.Medians(TorchSharpLoop(sizes, data, collect), Run(ofEach.Invoke, data), blocks: 8, blockSize: 1);
        var jittedLoop = Interleaved.Time(Run(ofBatch.Invoke, samples));
        return
        [
            Measurement.AtMost(ratio, each / one, most, FormattableString.Invariant(
                $"{string.Join('-', sizes)}, batch {batch}: of each sample {each:F1} ms, of the batch {one:F1} ms")),
            Measurement.AtLeast(speedup, loop / again, least, FormattableString.Invariant(
                $"TorchSharp's loop {loop:F1} ms, at once {again:F1} ms; a loop of jitted calls {jittedLoop:F1} ms")),
        ];
    }

    private static StructureTree ClippedMean(StructureTree grads)
    {
        var size = grads.Tensors().First().Tensor.shape[0];
        var squares = grads.Tensors().Select(g => F.square(g.Tensor).reshape(size, -1).sum([1])).Aggregate((a, b) => a + b);
        var scale = F.clamp(1 / F.sqrt(squares), max: 1);
        return grads.MapParamsBuffers((_, grad) => (grad * scale.reshape([size, .. grad.shape.Skip(1).Select(_ => 1L)])).mean([0]));
    }

    private static Action TorchSharpLoop(
        int[] sizes, (Tensor X, Tensor Y) data, Func<IEnumerable<IList<torch.Tensor>>, torch.Tensor[]> collect)
    {
        var model = TrainingStep.TorchSharpMlp(sizes);
        var parameters = model.parameters().ToArray();
        var (x, y) = (data.X.AsTorch(), data.Y.AsTorch());
        IEnumerable<IList<torch.Tensor>> Gradients()
        {
            for (var i = 0L; i < x.shape[0]; i++)
            {
                var loss = torch.nn.functional.cross_entropy(model.call(x.narrow(0, i, 1)), y.narrow(0, i, 1));
                yield return torch.autograd.grad([loss], parameters);
            }
        }

        return () =>
        {
            using var scope = torch.NewDisposeScope();
            collect(Gradients());
        };
    }

    private static torch.Tensor[] Stacked(IEnumerable<IList<torch.Tensor>> gradients)
    {
        var all = gradients.ToArray();
        return [.. all[0].Select((_, i) => torch.stack(all.Select(own => own[i])))];
    }

    private static torch.Tensor[] SumOfClipped(IEnumerable<IList<torch.Tensor>> gradients)
    {
        torch.Tensor[]? sums = null;
        foreach (var own in gradients)
        {
            var norm = own.Select(g => g.square().sum()).Aggregate((a, b) => a + b).sqrt();
            var scale = (1 / norm).clamp(max: 1);
            sums = [.. own.Select((g, i) => sums is null ? g * scale : sums[i].add_(g * scale))];
        }

        return sums!;
    }
}
