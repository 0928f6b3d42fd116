namespace Brachy.Ranks.Program;

/// <summary>Collectives on tensors: eager, compiled, in loops, in functions of one sample, and their gradients.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> OnTensors => new()
    {
        ["tensors"] = Tensors,
        ["tensor-gradients"] = TensorGradients,
        ["big-tensors"] = BigTensors,
    };

    private static double[] OfRanks(Func<int, double> value) => [.. Enumerable.Range(0, Rank.Count).Select(value)];

    private static double[] OfTwo(double value) => [value, value];

    /// <summary>The second sum must not be written over what the view reads.</summary>
    private static Tensor ViewOfExchanged(Tensor x)
    {
        var y = F.tanh(F.psum(x, Rank.Axis));
        var view = F.unsqueeze(y, 0);
        return (F.squeeze(view, 0) * 3) + F.psum(y, Rank.Axis);
    }

    private static void Tensors(string[] arguments)
    {
        var count = Rank.Count;
        var own = F.full([2], Rank.Index + 1.0, DType.Float64);
        var total = count * (count + 1) / 2.0;
        var checks = new (string Name, Func<Tensor, Tensor> Function, double[] Expected)[]
        {
            ("psum", x => F.psum(x, Rank.Axis), [total, total]),
            ("pmean", x => F.pmean(x, Rank.Axis), [total / count, total / count]),
            ("pmax", x => F.pmax(x * 2, Rank.Axis), [2.0 * count, 2.0 * count]),
            ("pmin", x => F.pmin(x, Rank.Axis) + 0, [1, 1]),
            ("all_gather", x => F.all_gather(x.sum(), Rank.Axis), OfRanks(rank => 2.0 * (rank + 1))),
            ("all_gather dim 1", x => F.all_gather(x, Rank.Axis, 1)[0], OfRanks(rank => rank + 1.0)),
            ("psum_scatter",
                x => F.psum_scatter(F.expand(F.unsqueeze(x, 0), [count, 2]) * F.reshape(F.arange(0, count), [count, 1]), Rank.Axis),
                [total * Rank.Index, total * Rank.Index]),
            ("pbroadcast", x => F.pbroadcast(x, Rank.Axis, count - 1), [count, count]),
            ("axis_index", x => (x * 0) + F.axis_index(Rank.Axis), [Rank.Index, Rank.Index]),
            ("two after another", x => F.psum(x / F.psum(x, Rank.Axis), Rank.Axis), [1, 1]),
            ("a view of what is exchanged next", ViewOfExchanged, OfTwo((3 + count) * Math.Tanh(total))),
            ("loop", x => Control.Scan((Tensor c, Tensor row) => (c + F.psum(row, Rank.Axis), row), x * 0, F.stack([x, x, x])).State,
                [3 * total, 3 * total]),
            ("choice", x => Control.Cond(F.psum(x, Rank.Axis).sum() > 0, y => F.psum(y, Rank.Axis), y => y, x), [total, total]),
            ("samples", x => Vmap.Of((Tensor row) => F.psum(row, Rank.Axis) + F.psum(row, "s"), axisName: "s")(F.stack([x, x * 2])).sum(0),
                [(3 * total) + (6.0 * (Rank.Index + 1)), (3 * total) + (6.0 * (Rank.Index + 1))]),
            ("integers", x => F.psum(x.to(DType.Int64), Rank.Axis).to(DType.Float64), [total, total]),
            ("halves", x => F.psum(x.to(DType.BFloat16), Rank.Axis).to(DType.Float64), [total, total]),
            ("means of large halves", x => F.pmean((x * 0 + 60000).to(DType.Float16), Rank.Axis).to(DType.Float64), OfTwo(60000)),
            ("empty", x => x + F.psum(F.zeros([0]), Rank.Axis).sum(), [Rank.Index + 1, Rank.Index + 1]),
        };
        foreach (var (name, function, expected) in checks)
        {
            Same(name, expected, function(own));
            var compiled = Jit.Compile(function, donate: [0]);
            for (var run = 0; run < 3; run++)
            {
                Same($"{name}, compiled", expected, compiled.Invoke(F.clone(own)));
            }
        }

        var ofAnySize = Jit.Compile((Tensor x) => F.psum(x, Rank.Axis) * 2, varying: [new(0, "n")]);
        foreach (var size in new[] { 2, 5, 3, 1, 2 })
        {
            var sum = ofAnySize.Invoke(F.full([size], Rank.Index + 1.0, DType.Float64));
            Same($"{size} numbers", [.. Enumerable.Repeat(2 * total, size)], sum);
        }

        var warmed = Jit.Compile((Tensor x, Tensor y) => F.psum(x * y, Rank.Axis), donate: [0], varying: [new(0, "n"), new(1, "n")]);
        warmed.Warmup(F.full([4], 2.0, DType.Float64), F.full([4], 3.0, DType.Float64));
        foreach (var size in new[] { 4, 2, 1 })
        {
            var sum = warmed.Invoke(F.full([size], 2.0, DType.Float64), F.full([size], Rank.Index + 1.0, DType.Float64));
            Same($"{size} numbers after a warm-up", [.. Enumerable.Repeat(2 * total, size)], sum);
        }

        Require(ofAnySize.CacheCount == 1, "one version serves all sizes");
        Console.WriteLine($"done {Rank.Index}");
    }

    /// <summary>A gradient is that of the sum over all ranks, as those of lax.psum are.</summary>
    private static void TensorGradients(string[] arguments)
    {
        var count = Rank.Count;
        var own = F.full([2], Rank.Index + 1.0, DType.Float64);
        var total = count * (count + 1) / 2.0;
        var checks = new (string Name, Func<Tensor, Tensor> Function, double Expected)[]
        {
            ("psum", x => F.square(F.psum(x, Rank.Axis)).sum(), 2 * total * count),
            ("pmean", x => F.square(F.pmean(x, Rank.Axis)).sum(), 2 * total / count),
            ("pmax", x => (F.pmax(x, Rank.Axis) * 3).sum(), Rank.Index == count - 1 ? 3 * count : 0),
            ("all_gather", x => F.square(F.all_gather(x, Rank.Axis)).sum(), 2.0 * (Rank.Index + 1) * count),
            ("psum_scatter", x => F.square(F.psum_scatter(F.expand(F.unsqueeze(x, 0), [count, 2]), Rank.Axis)).sum(), 2 * total * count),
            ("pbroadcast", x => F.square(F.pbroadcast(x, Rank.Axis)).sum(), Rank.IsFirst ? 2 * count : 0),
        };
        foreach (var (name, function, expected) in checks)
        {
            var gradient = Grad.Of(function);
            Same(name, [expected, expected], gradient(own));
            Same($"{name}, compiled", [expected, expected], Jit.Compile(gradient).Invoke(own));
        }

        Console.WriteLine($"done {Rank.Index}");
    }

    /// <summary>Tensors that go alone, and those that share a buffer with others.</summary>
    private static void BigTensors(string[] arguments)
    {
        long[] sizes = [1, 7, 1000, 300_000, 3, 500_000, 0, 12];
        var step = Jit.Compile((Tensor[] x) => x.Select((t, i) => (F.psum(t * 2, Rank.Axis) + i, F.psum(t, Rank.Axis))).ToArray());
        for (var run = 0; run < 3; run++)
        {
            var results = step.Invoke([.. sizes.Select((size, i) => F.full([size], Rank.Index + i, DType.Float32))]);
            for (var i = 0; i < sizes.Length; i++)
            {
                var sum = Enumerable.Range(0, Rank.Count).Sum(rank => rank + i);
                Require(results[i].Item1.ToArray<float>().All(v => v == (2 * sum) + i), $"tensor {i}, doubled");
                Require(results[i].Item2.ToArray<float>().All(v => v == sum), $"tensor {i}");
            }
        }

        Console.WriteLine($"done {Rank.Index}");
    }

    private static void Same(string name, double[] expected, Tensor actual)
    {
        var values = actual.ToArray<double>();
        Require(
            values.Length == expected.Length && values.Zip(expected).All(pair => Math.Abs(pair.First - pair.Second) < 1e-9),
            $"{name}: expected {string.Join(", ", expected)}, but there is {string.Join(", ", values)}");
    }
}
