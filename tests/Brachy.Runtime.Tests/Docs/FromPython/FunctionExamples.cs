using Brachy.NN;
using Brachy.Tests.Modules;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: functions.</summary>
[Trait("Category", "Quick")]
public partial class FunctionExamples
{
    [Fact]
    public void Chains()
    {
        var (tree, config) = new Chain(new Scaler(2), F.relu, a => a + 1);
        var y = Chain.Apply(tree, config, F.tensor(3.0)).Output;

        Assert.Equal(7, (double)y);
    }

    [Fact]
    public void Activations()
    {
        var y = F.relu(F.tensor(new[] { -1.0, 2.0 }));
        var z = F.silu(y); // and all the other functions of jax.nn

        Assert.Equal([0, 2], y.ToArray<double>());
        Assert.Equal(2 / (1 + Math.Exp(-2)), (double)z[1], 1e-12);
    }

    [Fact]
    public void MaskedSoftmax()
    {
        var mask = F.tensor(new[] { true, true, false });
        var shares = F.softmax(F.tensor(new[] { 1.0, 1.0, 9.0 }), dim: 0, where: mask);
        var plain = F.softmax(F.zeros([4]), dim: 0);

        Assert.Equal([0.5, 0.5, 0], shares.ToArray<double>());
        Assert.Equal(0.25f, (float)plain[0]);
    }

    [Fact]
    public void Accuracy()
    {
        var scores = F.eye(3); // row i is for class i
        var share = F.accuracy(scores, F.tensor(new[] { 0L, 2L, -100L }));

        Assert.Equal(0.5f, (float)share);
    }

    [Fact]
    public void CrossEntropy()
    {
        var logits = F.tensor(new[] { 1f, 0, 2, 0 }).reshape(2, 2);
        var targets = F.tensor(new[] { 0L, 1L });
        var loss = F.softmax_cross_entropy(F.zeros([2, 4]), F.tensor(new[] { 1L, 3L }));
        var weighted = F.softmax_cross_entropy(logits, targets, weight: F.tensor(new[] { 1f, 3f }), reduction: Reduction.Mean);

        Assert.Equal(Math.Log(4), (double)loss, 1e-6);
        var expected = ((Math.Log(1 + Math.Exp(-1)) * 1) + (Math.Log(1 + Math.Exp(2)) * 3)) / 4;
        Assert.Equal(expected, (double)weighted, 1e-6);
    }

    [Fact]
    public void CrossEntropyWithoutSomeRows()
    {
        var (logits, targets) = (F.zeros([3, 4]), F.tensor(new[] { 1L, 3L, 0L }));
        var loss = F.softmax_cross_entropy(logits, targets, ignore_index: 0);
        var smoothed = F.softmax_cross_entropy(logits, targets, label_smoothing: 0.1);

        Assert.Equal((Math.Log(4), Math.Log(4)), ((double)loss, (double)smoothed), (a, b) =>
            Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-6);
        Assert.Equal(
            0, (double)F.softmax_cross_entropy(
                F.tensor(new[] { 50f, 0, 0, 50 }).reshape(2, 2), F.tensor(new[] { 0L, 0L }), ignore_index: 1,
                reduction: Reduction.None)[0], 1e-6);
    }

    [Fact]
    public void Pooling()
    {
        var image = F.tensor(new[] { 1.0, 2, 3, 4 }).reshape(1, 1, 2, 2);
        var largest = F.max_pool2d(image, kernel_size: 2);
        var mean = F.avg_pool2d(image, kernel_size: 2, stride: 1, padding: 1, count_include_pad: false);

        Assert.Equal(4, (double)largest);
        Assert.Equal([1, 1.5, 2, 2, 2.5, 3, 3, 3.5, 4], mean.reshape(9).ToArray<double>());
    }
}
