using Brachy.Optim;

namespace Brachy.Benchmarks;

/// <summary>Perceptrons under <see cref="Vmap"/>: gradients of each sample, and several models at once.</summary>
internal static class BatchedModels
{
    /// <summary>
    /// What the gradients of each sample of a batch take, divided by what the gradient of the batch takes; and what a loop over the samples
    /// takes, divided by the first. All are jitted.
    /// </summary>
    public static IEnumerable<Measurement> PerSample(string ratio, string speedup, int[] sizes, int batch, double most, double least)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Mlp(sizes);
        (Tensor X, Tensor Y) data = (Rng.Normal([batch, sizes[0]]), Rng.RandInt(0, sizes[^1], [batch]));
        (Tensor X, Tensor Y)[] samples = [.. Enumerable.Range(0, batch).Select(i => (F.select(data.X, 0, i), F.select(data.Y, 0, i)))];
        Tensor Loss(StructureTree own, (Tensor X, Tensor Y) rows) =>
            F.softmax_cross_entropy(Mlp.Apply(own, config, rows.X).Output, rows.Y);

        var ofBatch = Jit.Compile(
            (StructureTree own, (Tensor X, Tensor Y) rows) => Grad.TreeValueAndGrad(tree => Loss(tree, rows))(own), name: "gradient");
        var ofEach = Jit.Compile(Grad.PerSample<(Tensor X, Tensor Y)>(Loss), name: "gradients");
        Action Run(Func<StructureTree, (Tensor X, Tensor Y), (Tensor, StructureTree)> function, params (Tensor X, Tensor Y)[] all) => () =>
        {
            using var scope = TensorScope.Begin();
            Array.ForEach(all, rows => _ = function(model, rows));
        };

        var (each, one) = Interleaved.Medians(Run(ofEach.Invoke, data), Run(ofBatch.Invoke, data), blocks: 12, blockSize: 5);
        var (loop, again) = Interleaved.Medians(Run(ofBatch.Invoke, samples), Run(ofEach.Invoke, data), blocks: 6, blockSize: 2);
        return
        [
            Measurement.AtMost(ratio, each / one, most, FormattableString.Invariant(
                $"{string.Join('-', sizes)}, batch {batch}: of each sample {each:F1} ms, of the batch {one:F1} ms")),
            Measurement.AtLeast(speedup, loop / again, least, FormattableString.Invariant(
                $"a loop over the samples {loop:F1} ms, at once {again:F1} ms")),
        ];
    }

    /// <summary>What a training step of models takes one after another, divided by what it takes at once. Both are jitted.</summary>
    public static Measurement Ensemble(string id, int[] sizes, int models, int batch, int blocks, double bound)
    {
        using var rng = Rng.Scope(0);
        var (x, y) = (Rng.Normal([batch, sizes[0]]), Rng.RandInt(0, sizes[^1], [batch]));
        var config = GlobalConfig.Empty;
        var optConfig = GlobalConfig.Empty;
        var (opts, trees) = (new StructureTree[models], new StructureTree[models]);
        for (var i = 0; i < models; i++)
        {
            (trees[i], config) = new Mlp(sizes);
            (opts[i], optConfig) = new AdamW(trees[i]);
        }

        var step = (StructureTree opt, StructureTree model, Tensor rows, Tensor labels) =>
            Optimizer.Step(opt, optConfig, model, current =>
            {
                (current, var logits) = Mlp.Apply(current, config, rows);
                return (current, F.softmax_cross_entropy(logits, labels));
            });

        var (allOpts, allTrees) = (Stacked(opts), Stacked(trees));
        var single = Jit.Compile(step, donate: [0, 1], name: "step");

        // Numbers of the optimizer, such as its rate and the count of steps, are the same for all.
        var ofOptimizer = Axes.Where((_, type) => type.Rank == 0 ? null : 0);
        var together = Jit.Compile(
            Vmap.Of(step, inAxes: [ofOptimizer, 0, null, null], outAxes: [ofOptimizer, 0, 0]), donate: [0, 1], name: "steps");
        var (inTurn, atOnce) = Interleaved.Medians(
            () =>
            {
                for (var i = 0; i < models; i++)
                {
                    (opts[i], trees[i], var loss) = single.Invoke(opts[i], trees[i], x, y);
                    loss.Dispose();
                }
            },
            () =>
            {
                (allOpts, allTrees, var losses) = together.Invoke(allOpts, allTrees, x, y);
                losses.Dispose();
            },
            blocks);
        return Measurement.AtLeast(id, inTurn / atOnce, bound, FormattableString.Invariant(
            $"{models} × {string.Join('-', sizes)}, batch {batch}, AdamW: in turn {inTurn * 1000:F0} µs, at once {atOnce * 1000:F0} µs"));
    }

    private static StructureTree Stacked(StructureTree[] trees) =>
        StructureTree.MapParamsBuffers((_, own) => own[0].ndim == 0 ? own[0].clone() : F.stack(own), trees);
}
