using Brachy.Optim;

namespace Brachy.Benchmarks;

/// <summary>Several perceptrons at once under <see cref="Vmap"/>.</summary>
internal static class BatchedModels
{
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
