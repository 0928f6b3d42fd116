namespace Brachy.Tests.RandomPrograms;

/// <summary>Numbers as a program over a growing list of tensors: the last three are its results.</summary>
internal static class RandomProgram
{
    /// <summary>Inputs whose first dim has some size: matrices, a list of indices, and some without that size.</summary>
    public static Tensor[] Inputs(long rows)
    {
        var indices = F.remainder(F.arange(rows) * 2 + 1, 3);
        return [Input([rows, 3], 0.3), Input([rows, 3], 1.9), Input([3], -0.7), Input([3, 4], 0.9), Input([], 0.5), indices];
    }

    /// <summary>Which dims of the inputs have that size.</summary>
    public static IReadOnlyList<VaryingDims> Varying { get; } =
        [.. new[] { 0, 1, 5 }.Select(input => new VaryingDims(0, "n") { Member = $"{input}" })];

    /// <summary>Runs a program.</summary>
    public static Tensor[] Run(int[] code, Tensor[] inputs)
    {
        var (values, indices) = (inputs[..^1].ToList(), inputs[^1]);
        foreach (var word in code)
        {
            var a = values[word / 64 % values.Count];
            var b = values[word / 64 / 16 % values.Count];
            values.Add(Step(word % 64, word / 64 / 256, a, Broadcasts(a.shape, b.shape) ? b : a, indices));
        }

        return [.. values.TakeLast(3)];
    }

    private static Tensor Input(Shape shape, double offset) =>
        F.sin(F.arange(shape.NumElements).to(DType.Float64).reshape(shape) * 1.7 + offset);

    private static bool Broadcasts(Shape a, Shape b)
    {
        for (var i = 1; i <= Math.Min(a.Rank, b.Rank); i++)
        {
            if (a[^i] != b[^i] && a[^i] != 1 && b[^i] != 1)
            {
                return false;
            }
        }

        return true;
    }

    private static Tensor Step(int op, int choice, Tensor a, Tensor b, Tensor indices) => op switch
    {
        < 22 => Elementwise(op, a, b),
        < 34 => a.ndim == 0 ? a * 0.5 + op : Reduced(op, choice % a.ndim, a),
        < 52 => a.ndim == 0 ? F.cos(a) : Shaped(op, choice % a.ndim, choice / 8, a),
        _ => a.ndim == 0 ? F.sin(a) : Combined(op, choice % a.ndim, a, b, indices),
    };

    private static Tensor Elementwise(int op, Tensor a, Tensor b) => op switch
    {
        0 => a + b,
        1 => a - b,
        2 => a * b,
        3 => a / (b * b + 1),
        4 => F.maximum(a, b),
        5 => F.minimum(a, 0.25),
        6 => F.tanh(a),
        7 => F.exp(-(a * a)),
        8 => F.sigmoid(a),
        9 => F.relu(a),
        10 => F.where(a > 0, a, b),
        11 => F.log(F.abs(a) + 1),
        12 => F.sqrt(F.abs(a) + 0.5),
        13 => (a > b).to(DType.Float64),
        14 => F.clamp(a, -0.5, 0.5),
        15 => F.silu(a),
        16 => F.softplus(a),
        17 => F.pow(F.abs(a) + 0.1, 1.5),
        18 => F.floor(a * 3),
        19 => F.remainder(a, 0.7),
        20 => F.atan2(a.to(DType.Float32), b.to(DType.Float32)).to(DType.Float64),
        _ => F.logaddexp(a, b),
    };

    private static Tensor Reduced(int op, int dim, Tensor a) => op switch
    {
        22 => a.sum(),
        23 => a.sum(dim, keepdim: true),
        24 => a.mean(),
        25 => F.mean(a, [dim]),
        26 => F.amax(a, [dim], keepdim: true),
        27 => F.std(a, dim),
        28 => F.cumsum(a, dim),
        29 => F.softmax(a, dim),
        30 => F.log_softmax(a, dim),
        31 => F.logsumexp(a, dim),
        32 => F.argmin(a, dim).to(DType.Float64),
        _ => F.norm(a, dim: dim),
    };

    private static Tensor Shaped(int op, int dim, int choice, Tensor a) => op switch
    {
        34 => a.reshape(-1),
        35 => a.ndim >= 2 ? a.transpose(0, 1) : a.unsqueeze(0),
        36 => a.unsqueeze(dim),
        37 => F.squeeze(a.unsqueeze(dim), dim),
        38 => F.flip(a, [dim]),
        39 => F.roll(a, 1, dim),
        40 => F.cat([a, a], dim),
        41 => F.stack([a, a * 2], dim),
        42 => F.select(a, dim, choice % 2 == 0 ? 0 : -1),
        43 => F.narrow(a, dim, 0, 1),
        44 => F.chunk(a, 1, dim)[0],
        45 => F.pad(a, [1, choice % 3]),
        46 => a.ndim >= 2 ? F.tril(a) : F.diag(a),
        47 => a.expand(F.stack([a, a], 0).shape),
        48 => F.flatten(a),
        49 => a[..1],
        50 => a.ndim >= 2 ? F.permute(a, [.. Enumerable.Range(0, a.ndim).Select(d => (long)((d + 1) % a.ndim))]) : a * 2,
        _ => F.repeat_interleave(a, 2, dim),
    };

    private static Tensor Combined(int op, int dim, Tensor a, Tensor b, Tensor indices) => op switch
    {
        52 => a.ndim == 2 && b.ndim == 2 ? F.tanh(a).matmul(F.tanh(b).transpose(0, 1)) : a * b,
        53 => a.ndim == 2 ? a.matmul(F.tanh(a).transpose(0, 1)).matmul(a) * 0.1 : F.dot(a.reshape(-1), a.reshape(-1)),
        54 => F.linear(a, F.ones_like(a) * 0.5),
        55 => a.shape[0] >= 3 || a.ndim == 1 ? F.index_select(F.cat([a, a, a], 0), 0, indices) : a,
        56 => F.gather(F.cat([a, a, a], dim), dim, F.zeros_like(a).to(DType.Int64) + 1),
        57 => F.sort(a, dim).values,
        58 => F.topk(a, 1, dim).values,
        59 => F.cumprod(F.tanh(a), dim),
        60 => a.ndim == 2 ? F.einsum("ij,ij->i", a, a) : F.square(a),
        61 => F.layer_norm(a, [a.shape[^1]]),
        62 => F.where(F.arange(a.shape[^1]) < 2, a, -1.0),
        _ => F.stop_gradient(a) + F.zeros_like(b) + F.ones([]),
    };
}
