using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/recipes.md.</summary>
[Trait("Category", "Quick")]
public class RecipeDocTests
{
    // Clips the gradient of each sample to a norm of at most so much, sums them, and adds noise of that size.
    private static StructureTree PrivateStep(
        Func<StructureTree, (Tensor X, Tensor Y), Tensor> loss, StructureTree model, (Tensor X, Tensor Y) batch, RngKey key,
        double most, double noise, double rate)
    {
        var (losses, grads) = Grad.PerSample<(Tensor X, Tensor Y)>(loss)(model, batch);
        var size = losses.numel();
        var squares = grads.Tensors().Select(g => F.square(g.Tensor).reshape(size, -1).sum([1]));
        var scale = F.clamp(most / F.sqrt(squares.Aggregate((a, b) => a + b)), max: 1);
        var drawn = 0L;
        return model.WithParams(StructureTree.MapParamsBuffers(
            (path, weight, grad) =>
            {
                var clipped = F.matmul(scale, grad.reshape(size, -1)).reshape(weight.shape);
                var noisy = clipped + (most * noise * Rng.Normal(weight.shape, weight.dtype, Rng.FoldIn(key, drawn++)));
                return weight - (rate / size * noisy);
            },
            model.GetParams(), grads));
    }

    // The loss of a task after a step on examples of it, as a function of the model before: gradients go through the step.
    private static Tensor AfterAdapting(
        Func<StructureTree, (Tensor X, Tensor Y), Tensor> loss, StructureTree model, (Tensor X, Tensor Y) support,
        (Tensor X, Tensor Y) query, double rate)
    {
        var (_, grads) = Grad.TreeValueAndGrad((StructureTree m) => loss(m, support))(model);
        var adapted = model.WithParams(
            StructureTree.MapParamsBuffers((path, weight, grad) => weight - (rate * grad), model.GetParams(), grads));
        return loss(adapted, query);
    }

    [Fact]
    public void PrivateTraining()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(3, 2, dtype: DType.Float64);
        (Tensor X, Tensor Y) batch = (Make.Real([5, 3], seed: 2), Make.Real([5, 2], seed: 3));
        Tensor Loss(StructureTree m, (Tensor X, Tensor Y) one) => F.square(Linear.Apply(m, config, one.X).Output - one.Y).sum();

        var step = Jit.Compile((StructureTree m, (Tensor X, Tensor Y) data, RngKey key) =>
            PrivateStep(Loss, m, data, key, most: 1, noise: 1.1, rate: 0.1));
        var trained = step.Invoke(model, batch, Rng.Seed(1));

        var expected = model.MapParamsBuffers((_, weight) => F.zeros_like(weight));
        for (var i = 0; i < 5; i++)
        {
            var (_, own) = Grad.TreeValueAndGrad((StructureTree m) => Loss(m, (batch.X[i], batch.Y[i])))(model);
            var norm = F.sqrt(F.square(own["weight"].Tensor).sum() + F.square(own["bias"].Tensor).sum());
            Assert.True((double)norm > 1);
            expected = StructureTree.MapParamsBuffers((_, sum, g) => sum + (g / norm), expected, own);
        }

        var quiet = PrivateStep(Loss, model, batch, Rng.Seed(1), most: 1, noise: 0, rate: 0.1);
        foreach (var (path, weight) in model.Tensors())
        {
            OpCheck.AssertClose(weight - (0.02 * expected[path].Tensor), quiet[path].Tensor, 1e-10, path);
            var noise = (trained[path].Tensor - quiet[path].Tensor) / (0.02 * 1.1);
            Assert.InRange((double)noise.abs().max(), 0.01, 5);
        }
    }

    [Fact]
    public void Ensembles()
    {
        (Tensor X, Tensor Y) data = (Make.Real([6, 3], seed: 2).to(DType.Float32), Make.Real([6, 1], seed: 3).to(DType.Float32));

        // One model for each key, as one model with a batch in front of its tensors; then an optimizer for each.
        var (config, optConfig) = (GlobalConfig.Empty, GlobalConfig.Empty);
        var keys = F.stack([.. Rng.Split(Rng.Seed(7), 4).Select(key => key.Tensor)]);
        var models = Vmap.Of((Tensor key) =>
        {
            using var rng = Rng.Scope(new RngKey(key));
            (var model, config) = new Sequential(new Linear(3, 8), new Tanh(), new Linear(8, 1));
            return model;
        })(keys);
        var optimizers = Vmap.Of((StructureTree model) =>
        {
            (var optimizer, optConfig) = new SGD(model, lr: 0.1, momentum: 0.9);
            return optimizer;
        })(models);

        // A step of training for all of them, on the same data, as one call.
        var step = Jit.Compile(Vmap.Of(
            (StructureTree optimizer, StructureTree model, (Tensor X, Tensor Y) batch) => Optimizer.Step(optimizer, optConfig, model, m =>
            {
                var (next, y) = m.Apply(config, batch.X);
                return (next, F.mse_loss(y, batch.Y));
            }),
            inAxes: [0, 0, null]));
        (optimizers, var trained, var losses) = step.Invoke(optimizers, models, data);
        var predict = Vmap.Of((StructureTree model, Tensor x) => model.Apply(config, x).Output, inAxes: [0, null]);
        var mean = predict(trained, data.X).mean([0]);

        Assert.Equal([4], losses.shape);
        Assert.Equal([6, 1], mean.shape);
        var first = models.Tensors().First().Tensor;
        Assert.False(F.eq(first[0], first[1]).any().item<bool>());
        for (var i = 0; i < 4; i++)
        {
            var own = models.MapParamsBuffers((_, tensor) => tensor[i]);
            var (loss, grads) = Grad.TreeValueAndGrad((StructureTree m) => F.mse_loss(m.Apply(config, data.X).Output, data.Y))(own);
            OpCheck.AssertClose(loss, losses[i], 1e-5, "loss");
            foreach (var (path, weight) in own.Tensors())
            {
                OpCheck.AssertClose(weight - (0.1 * grads[path].Tensor), trained[path].Tensor[i], 1e-5, path);
            }
        }
    }

    [Fact]
    public void MetaLearning()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(2, 1, dtype: DType.Float64);
        (Tensor X, Tensor Y) support = (Make.Real([3, 5, 2], seed: 2), Make.Real([3, 5, 1], seed: 3));
        (Tensor X, Tensor Y) query = (Make.Real([3, 4, 2], seed: 4), Make.Real([3, 4, 1], seed: 5));
        Tensor Loss(StructureTree m, (Tensor X, Tensor Y) task) =>
            F.mse_loss(F.tanh(Linear.Apply(m, config, task.X).Output), task.Y);

        // All tasks at once, each with a model of its own after the step.
        var perTask = Vmap.Of(
            (StructureTree m, (Tensor X, Tensor Y) s, (Tensor X, Tensor Y) q) => AfterAdapting(Loss, m, s, q, rate: 0.5),
            inAxes: [null, 0, 0]);
        var metaStep = Jit.Compile((StructureTree m, (Tensor X, Tensor Y) s, (Tensor X, Tensor Y) q) =>
            Grad.TreeValueAndGrad((StructureTree own) => perTask(own, s, q).mean())(m));
        var (loss, grads) = metaStep.Invoke(model, support, query);

        double At(StructureTree m) => Enumerable.Range(0, 3).Average(i => (double)AfterAdapting(
            Loss, m, (support.X[i], support.Y[i]), (query.X[i], query.Y[i]), 0.5));
        Assert.Equal(At(model), (double)loss, 1e-10);
        var along = F.tensor(new[,] { { 1e-5, 0 } });
        StructureTree Moved(Tensor by) => model.MapParamsBuffers((path, w) => path == "weight" ? w + by : w);
        Assert.Equal((At(Moved(along)) - At(Moved(-along))) / 2e-5, (double)grads["weight"].Tensor[0, 0], 1e-6);
    }
}
