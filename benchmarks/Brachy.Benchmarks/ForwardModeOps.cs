using Brachy.Compilation;

namespace Brachy.Benchmarks;

/// <summary>
/// How many ops derivatives in forward mode take beside those in reverse mode: five graphs with all their tensors differentiated, compiled;
/// views do not count, bodies of loops do.
/// </summary>
internal static class ForwardModeOps
{
    private static readonly (string Name, Func<Tensor[], Tensor> Function, Shape[] Inputs)[] s_graphs =
    [
        ("mlp", Mlp, [[4, 8], [16, 8], [16], [16, 16], [16], [3, 16], [3]]),
        ("attention", Attention, [[2, 5, 16], [16], [16], [16, 16], [16], [16, 16], [16], [16, 16], [16], [16, 16], [16]]),
        ("convnet", ConvNet, [[2, 3, 8, 8], [4, 3, 3, 3], [4], [4], [4], [6, 4, 3, 3], [6], [5, 6], [5]]),
        ("recurrent", Recurrent, [[6, 2, 8], [2, 8], [8, 8], [8], [8, 8], [8, 8], [8]]),
        ("classifier", Classifier, [[10, 8], [16, 8], [16], [16], [16], [5, 16], [5]]),
    ];

    /// <summary>The number of ops of all graphs in forward mode divided by that in reverse mode.</summary>
    public static Measurement Measure(string id, double bound)
    {
        var counts = Counts();
        var ratio = counts.Sum(c => c.Forward) / (double)counts.Sum(c => c.Reverse);
        return Measurement.AtMost(
            id, ratio, bound, "jvp/vjp: " + string.Join(", ", counts.Select(c => $"{c.Name} {c.Forward}/{c.Reverse} (plain {c.Plain})")));
    }

    /// <summary>The ops of each graph, of its value with its derivative in either mode.</summary>
    public static IReadOnlyList<(string Name, int Plain, int Forward, int Reverse)> Counts() => [.. s_graphs.Select(graph =>
    {
        Tensor[] inputs = [.. graph.Inputs.Select((shape, i) => Rng.Normal(shape, key: Rng.Seed(i)))];
        var cotangent = F.ones_like(graph.Function(inputs));
        var plain = Count(Jit.Compile((Tensor[] x) => graph.Function(x)), f => f.Invoke(inputs));
        var forward = Count(
            Jit.Compile((Tensor[] x, Tensor[] v) => Grad.Jvp(graph.Function, x, v)), f => f.Invoke(inputs, inputs));
        var reverse = Count(
            Jit.Compile((Tensor[] x, Tensor g) =>
            {
                var (value, pullback) = Grad.Pullback(graph.Function, x);
                return (value, pullback(g));
            }),
            f => f.Invoke(inputs, cotangent));
        return (graph.Name, plain, forward, reverse);
    })];

    private static int Count<TFunction>(TFunction function, Action<TFunction> invoke)
        where TFunction : JitFunction
    {
        invoke(function);
        return Count(function.Graph!);
    }

    private static int Count(Graph graph) =>
        graph.Equations.Sum(e => (e.Primitive.IsView || e.Bodies.Count > 0 ? 0 : 1) + e.Bodies.Sum(Count));

    private static Tensor Mlp(Tensor[] x) => F.linear(F.gelu(F.linear(F.gelu(F.linear(x[0], x[1], x[2])), x[3], x[4])), x[5], x[6]);

    private static Tensor Attention(Tensor[] x)
    {
        var normed = F.layer_norm(x[0], [16], x[1], x[2]);
        Tensor Heads(Tensor weight, Tensor bias) => F.transpose(F.reshape(F.linear(normed, weight, bias), 2, 5, 4, 4), 1, 2);
        var mixed = F.scaled_dot_product_attention(Heads(x[3], x[4]), Heads(x[5], x[6]), Heads(x[7], x[8]), is_causal: true);
        return x[0] + F.linear(F.reshape(F.transpose(mixed, 1, 2), 2, 5, 16), x[9], x[10]);
    }

    private static Tensor ConvNet(Tensor[] x)
    {
        var first = F.batch_norm(F.conv2d(x[0], x[1], padding: 1), null, null, x[3], x[4], training: true).output;
        var pooled = F.max_pool2d(F.relu(first + F.reshape(x[2], 1, 4, 1, 1)), 2);
        return F.linear(F.relu(F.conv2d(pooled, x[5], x[6])).mean([2, 3]), x[7], x[8]);
    }

    private static Tensor Recurrent(Tensor[] x)
    {
        var (state, outputs) = Control.Scan(
            (Tensor h, Tensor input) =>
            {
                var gate = F.sigmoid(F.linear(input, x[2], x[3]) + F.linear(h, x[4]));
                var next = h + (gate * (F.tanh(F.linear(input, x[5], x[6])) - h));
                return (next, next);
            },
            x[1], x[0]);
        return state + outputs.mean([0]);
    }

    private static Tensor Classifier(Tensor[] x)
    {
        var words = F.embedding(x[0], F.reshape(F.remainder(F.arange(12), 10), 4, 3)).mean([1]);
        var hidden = F.layer_norm(F.silu(F.linear(words, x[1], x[2])), [16], x[3], x[4]);
        return F.cross_entropy(F.linear(hidden, x[5], x[6]), F.arange(4));
    }
}
