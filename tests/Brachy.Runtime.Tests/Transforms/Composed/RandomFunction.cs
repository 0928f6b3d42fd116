using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Composed;

/// <summary>A small random function from a vector to one, with captured weights: as Brachy computes it, and in plain arithmetic.</summary>
/// <param name="steps">What it does one after the other with the values so far: an operation, and on which of them.</param>
internal sealed class RandomFunction((int Op, int A, int B)[] steps)
{
    public const int Size = 3;

    public const int Operations = 18;

    private static readonly double[,] s_w = { { 0.9, -0.4, 0.3 }, { 0.2, 0.7, -0.8 }, { -0.5, 0.6, 0.4 } };

    private static readonly Tensor s_weights = Tensor.FromArray([.. s_w.Cast<double>()], [Size, Size]);

    private static readonly Tensor s_order = F.tensor([2L, 0, 2]);

    /// <summary>The function.</summary>
    public Tensor Run(Tensor x)
    {
        List<Tensor> values = [x];
        foreach (var (op, a, b) in steps)
        {
            values.Add(Step(op, values[a % values.Count], values[b % values.Count]));
        }

        return values[^1] + values[values.Count / 2] * 0.5;
    }

    /// <summary>The same in plain arithmetic.</summary>
    public Jet[] Run(Jet[] x)
    {
        List<Jet[]> values = [x];
        foreach (var (op, a, b) in steps)
        {
            values.Add(Step(op, values[a % values.Count], values[b % values.Count]));
        }

        return Zip(values[^1], values[values.Count / 2], (p, q) => p + q * 0.5);
    }

    public static Jet[] Zip(Jet[] p, Jet[] q, Func<Jet, Jet, Jet> f) => [.. p.Zip(q, f)];

    public static Jet[] Map(Jet[] p, Func<Jet, Jet> f) => Array.ConvertAll(p, x => f(x));

    public static Jet Sum(IEnumerable<Jet> p) => p.Aggregate((a, b) => a + b);

    private static Tensor Step(int op, Tensor p, Tensor q) => op switch
    {
        0 => p + q,
        1 => p * q * 0.5,
        2 => F.tanh(p - q),
        3 => F.sin(p),
        4 => s_weights.matmul(p) * 0.5,
        5 => F.tanh(p.matmul(F.exp(s_weights * 0.3))),
        6 => F.flip(p, [0]) + p.sum() * 0.1,
        7 => F.where(p > q, p, F.sigmoid(q)),
        8 => (p.unsqueeze(0) * s_weights).mean([1]),
        9 => F.softmax(p + q, 0),
        10 => F.cat([p.narrow(0, 1, Size - 1), q.narrow(0, 0, 1)]),
        11 => F.exp(-(q * q)),
        12 => F.index_select(p, 0, s_order) * q,
        13 => F.cumsum(p, 0) * 0.4,
        14 => p.reshape([Size, 1]).matmul(F.tanh(q).reshape([1, Size])).transpose(0, 1).sum(1) * 0.4,
        15 => F.logsumexp(F.stack([p, q]), [0]),
        16 => Loop.Cond(p.sum() > q.sum() + 0.05, pair => F.sin(pair.P) * pair.Q, pair => pair.P - F.cos(pair.Q), (P: p, Q: q)),
        _ => Loop.Scan((Tensor state, Tensor row) => (F.tanh(state * row + p), state.sum()), q, s_weights).State,
    };

    private static Jet[] Step(int op, Jet[] p, Jet[] q) => op switch
    {
        0 => Zip(p, q, (a, b) => a + b),
        1 => Zip(p, q, (a, b) => a * b * 0.5),
        2 => Zip(p, q, (a, b) => Jet.Tanh(a - b)),
        3 => Map(p, Jet.Sin),
        4 => Each(i => 0.5 * Sum(Each(k => s_w[i, k] * p[k]))),
        5 => Each(i => Jet.Tanh(Sum(Each(k => p[k] * Math.Exp(s_w[k, i] * 0.3))))),
        6 => Each(i => p[Size - 1 - i] + Sum(p) * 0.1),
        7 => Zip(p, q, (a, b) => a.Value > b.Value ? a : Jet.Sigmoid(b)),
        8 => Each(i => Sum(Each(k => p[k] * s_w[i, k])) / Size),
        9 => Softmax(Zip(p, q, (a, b) => a + b)),
        10 => [.. p[1..], q[0]],
        11 => Map(q, b => Jet.Exp(-1 * b * b)),
        12 => [p[2] * q[0], p[0] * q[1], p[2] * q[2]],
        13 => Each(i => Sum(p[..(i + 1)]) * 0.4),
        14 => Each(i => Sum(Each(k => p[k] * Jet.Tanh(q[i]))) * 0.4),
        15 => Zip(p, q, (a, b) => Jet.Log(Jet.Exp(a) + Jet.Exp(b))),
        16 => Sum(p).Value > Sum(q).Value + 0.05 ? Zip(p, q, (a, b) => Jet.Sin(a) * b) : Zip(p, q, (a, b) => a - Jet.Cos(b)),
        _ => Enumerable.Range(0, Size).Aggregate(q, (state, row) => Each(i => Jet.Tanh(state[i] * s_w[row, i] + p[i]))),
    };

    private static Jet[] Each(Func<int, Jet> f) => [.. Enumerable.Range(0, Size).Select(f)];

    private static Jet[] Softmax(Jet[] p)
    {
        var powers = Map(p, Jet.Exp);
        var sum = Sum(powers);
        return Map(powers, power => power / sum);
    }
}
