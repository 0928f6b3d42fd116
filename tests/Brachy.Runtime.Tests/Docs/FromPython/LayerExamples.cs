using Brachy.NN;
using Brachy.Tests.Modules;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: layers.</summary>
[Trait("Category", "Quick")]
public partial class LayerExamples
{
    [Fact]
    public void LinearLayers()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Linear(2, 3, bias: false);
        var y = new Identity().Call(Linear.Apply(tree, config, F.ones([4, 2])).Output);

        Assert.Equal([4, 3], y.shape.ToArray());
        var weight = tree["weight"].Tensor.ToArray<float>();
        Assert.Equal(weight[0] + weight[1], (float)y[0, 0], 1e-6);
    }

    [Fact]
    public void Embeddings()
    {
        using var rng = Rng.Scope(0);
        var table = new Embedding(10, 4);
        var rows = table.Call(F.tensor(new[] { 3L, 7L }));

        Assert.Equal(table.Weight[7].ToArray<float>(), rows[1].ToArray<float>());
    }

    [Fact]
    public void Sequences()
    {
        var network = new Sequential(new Scaler(2), new ReLU(), new Scaler(3));
        var y = network.Call(F.tensor(-1.0));

        Assert.Equal((0, 6), ((double)y, (double)network.Call(F.tensor(1.0))));
        Assert.Equal(["0.scale", "0.calls", "2.scale", "2.calls"], network.Tree.Tensors().Select(t => t.Path));
    }

    [Fact]
    public void ModulesOfFunctions()
    {
        var square = Module.FromFunc((Tensor a) => a * a);
        var network = new Sequential(new Scaler(3), square);

        Assert.Equal(36, (double)network.Call(F.tensor(2.0)));
    }

    [Fact]
    public void LayerNorms()
    {
        var norm = new LayerNorm(2);
        var y = norm.Call(F.tensor(new[] { 1f, 3f }));

        Assert.Equal([-1f, 1], y.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void Convolutions()
    {
        using var rng = Rng.Scope(0);
        var convolution = new Conv2d(3, 8, kernelSize: 3, stride: 2, padding: 1);
        var y = convolution.Call(F.ones([1, 3, 9, 9]));

        Assert.Equal([1, 8, 5, 5], y.shape.ToArray());
    }

    [Fact]
    public void Dropouts()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Dropout(p: 0.75);
        var (next, y) = Dropout.Apply(tree, config, F.ones([1000]));

        Assert.All(y.ToArray<float>(), v => Assert.True(v is 0 or 4));
        Assert.InRange((double)y.mean(), 0.7, 1.3);
        Assert.NotEqual((long)tree["key"].Tensor, (long)next["key"].Tensor);
        Assert.Equal(1, (double)Dropout.Apply(tree, config.With("train_mode", false), F.ones([1])).Output[0]);
    }

    [Fact]
    public void Attention()
    {
        using var rng = Rng.Scope(0);
        var x = F.ones([1, 3, 4]);
        var attention = new MultiheadAttention(embedDim: 4, numHeads: 2, batchFirst: true);
        var (y, weights) = attention.Call(x, x, x);

        Assert.Equal([1, 3, 4], y.shape.ToArray());
        Assert.Equal(1f / 3, (float)weights![0, 0, 0], 1e-6);
    }

    [Fact]
    public void CausalAttention()
    {
        using var rng = Rng.Scope(0);
        var x = Rng.Normal([1, 3, 4]);
        var attention = new CausalSelfAttention(embedDim: 4, numHeads: 2);
        var y = attention.Call(x);

        var changed = attention.Call(F.cat([x[.., ..2], x[.., 2..] + 1], 1));
        Assert.Equal(y[0, 1].ToArray<float>(), changed[0, 1].ToArray<float>());
        Assert.NotEqual(y[0, 2].ToArray<float>(), changed[0, 2].ToArray<float>());
    }

    [Fact]
    public void ABatchInTwoParts()
    {
        var parts = F.stack([F.ones([2, 1]), F.full([2, 1], 5f)]); // what two devices would have
        var (tree, config) = new BatchNorm(1, momentum: 0.5);
        var shared = config.With("batch_axis", "devices");
        var apply = Vmap.Of(
            (StructureTree model, Tensor x) => BatchNorm.Apply(model, shared, x),
            inAxes: [null, 0], outAxes: [null, 0], axisName: "devices");
        var (next, y) = apply(tree, parts);

        Assert.Equal((1.5f, 0f), ((float)next["running_mean"].Tensor[0], (float)y.mean()), (a, b) =>
            Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-5);
        Assert.Equal([-1f, 1f], [.. y.mean([1, 2]).ToArray<float>().Select(value => MathF.Round(value))]);
    }

    [Fact]
    public void BatchNorms()
    {
        var (tree, config) = new BatchNorm2d(1, momentum: 0.5);
        var (next, y) = BatchNorm2d.Apply(tree, config, F.tensor(new[] { 1f, 3f }).reshape(2, 1, 1, 1));

        Assert.Equal([-1f, 1], y.reshape(2).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal((1f, 1.5f), ((float)next["running_mean"].Tensor[0], (float)next["running_var"].Tensor[0]));
    }
}
