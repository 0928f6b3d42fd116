using Brachy.NN;
using Brachy.Tests.Ops;
using Brachy.Trees;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/vmap.md.</summary>
public class VmapDocTests
{
    private static Tensor Predict((Tensor W, Tensor B) model, Tensor x) => F.tanh(F.matmul(model.W, x)).sum() + model.B;

    private static Tensor Loss((Tensor W, Tensor B) model, (Tensor X, Tensor Y) data) => F.square(Predict(model, data.X) - data.Y);

    [Fact]
    public void AFunctionOfOneSample()
    {
        var (w, xs) = (Make.Real([2, 3]), Make.Real([5, 3], seed: 2));

        var score = Vmap.Of((Tensor weight, Tensor x) => F.tanh(F.matmul(weight, x)).sum(), inAxes: [null, 0]);
        var scores = score(w, xs);

        Assert.Equal([5], scores.shape);
        OpCheck.AssertClose(F.tanh(F.matmul(xs, w.T)).sum([1]), scores, 1e-12, "scores");
    }

    [Fact]
    public void PerSampleClipping()
    {
        var model = (Make.Real([2, 3]), Make.Real([]));
        (Tensor X, Tensor Y) batch = (Make.Real([5, 3], seed: 2), Make.Real([5], seed: 3));
        const double Most = 0.5;

        // Gradients of shape [batch, ...], each scaled down to a norm of at most so much, and summed.
        var perSample = Grad.PerSample<(Tensor W, Tensor B), (Tensor X, Tensor Y)>(Loss);
        var (losses, grads) = perSample(model, batch);
        var norms = F.sqrt(F.square(grads.W).sum([1, 2]) + F.square(grads.B));
        var scale = F.clamp(Most / norms, max: 1);
        var clipped = (F.einsum("b,bij->ij", scale, grads.W), (scale * grads.B).sum());

        var sum = (F.zeros_like(model.Item1), F.zeros_like(model.Item2));
        for (var i = 0; i < 5; i++)
        {
            var one = Grad.Of(((Tensor W, Tensor B) own) => Loss(own, (batch.X[i], batch.Y[i])))(model);
            var norm = F.sqrt(F.square(one.W).sum() + F.square(one.B));
            var factor = F.clamp(Most / norm, max: 1);
            sum = (sum.Item1 + (factor * one.W), sum.Item2 + (factor * one.B));
        }

        Assert.Equal([5], losses.shape);
        OpCheck.AssertClose(sum.Item1, clipped.Item1, 1e-10, "weight");
        OpCheck.AssertClose(sum.Item2, clipped.Item2, 1e-10, "bias");
    }

    [Fact]
    public void Ensembles()
    {
        (Tensor X, Tensor Y) data = (Make.Real([3], seed: 2), Make.Real([], seed: 3));

        // One model for each key; then one step of training for each, on the same data.
        var keys = F.stack([.. Rng.Split(Rng.Seed(7), 4).Select(key => key.Tensor)]);
        var models = Vmap.Of((Tensor key) => (Rng.Normal([2, 3], DType.Float64, new RngKey(key)), F.zeros([], DType.Float64)))(keys);
        var step = Jit.Compile(Vmap.Of(
            ((Tensor W, Tensor B) model, (Tensor X, Tensor Y) batch) =>
            {
                var (w, b) = Grad.Of(((Tensor W, Tensor B) own) => Loss(own, batch))(model);
                return (model.W - (0.01 * w), model.B - (0.01 * b));
            },
            inAxes: [0, null]));
        var trained = step.Invoke(models, data);

        Assert.Equal([4, 2, 3], trained.Item1.shape);
        for (var i = 0; i < 4; i++)
        {
            var own = (models.Item1[i], models.Item2[i]);
            var grad = Grad.Of(((Tensor W, Tensor B) m) => Loss(m, data))(own);
            OpCheck.AssertClose(own.Item1 - (0.01 * grad.W), trained.Item1[i], 1e-10, $"model {i}");
        }
    }

    [Fact]
    public void NamedBatches()
    {
        var xs = Make.Real([5, 3]);

        var centred = Vmap.Of((Tensor x) => x - F.pmean(x, "batch"), axisName: "batch")(xs);

        OpCheck.AssertClose(xs - xs.mean([0]), centred, 1e-12, "centred");
    }

    [Fact]
    public void LayersOfANamedBatch()
    {
        var xs = Make.Real([5, 3]);

        var (norm, config) = new BatchNorm1d(3, dtype: DType.Float64);
        var shared = config.With("batch_axis", "batch");
        var apply = Vmap.Of(
            (StructureTree m, Tensor x) => BatchNorm1d.Apply(m, shared, x), inAxes: [null, 0], outAxes: [null, 0], axisName: "batch");
        var (next, normalised) = apply(norm, xs);

        var (expected, whole) = BatchNorm1d.Apply(norm, config, xs);
        OpCheck.AssertClose(whole, normalised, 1e-12, "normalised");
        OpCheck.AssertClose(expected["running_var"].Tensor, next["running_var"].Tensor, 1e-12, "variance");
    }

    [Fact]
    public void RandomNumbers()
    {
        var (key, xs) = (Rng.Seed(1), Make.Real([5, 3]));

        var noisy = Vmap.Of((Tensor x) => x + Rng.Normal([3], DType.Float64, key), randomness: Randomness.Different)(xs);

        var keys = Rng.Split(key, 5);
        OpCheck.AssertClose(
            F.stack([.. keys.Select((own, i) => xs[i] + Rng.Normal([3], DType.Float64, own))]), noisy, 0, "as a loop over Rng.Split");
    }

    [Fact]
    public void Dropout()
    {
        var xs = Make.Real([5, 30]);

        using var scope = Rng.Scope(0);
        var dropped = Vmap.Of((Tensor x) => F.dropout(x, 0.5), randomness: Randomness.Different)(xs);

        var masks = F.ne(dropped, 0).to(DType.Int64);
        OpCheck.AssertClose(2 * xs * masks, dropped, 1e-12, "what is kept");
        Assert.Equal(5, (long)F.unique(masks, dim: 0).shape[0]);
    }
}
