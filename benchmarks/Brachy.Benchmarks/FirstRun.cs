using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>What a user waits for before the first result: tracing, passes, compilation and libtorch's first run.</summary>
internal static class FirstRun
{
    private const int Samples = 5;

    public static Measurement Measure(string id, int ops, double bound)
    {
        var x = F.ones([32, 64]);
        var (seconds, equations) = (new double[Samples], 0);

        // The first sample also pays for loading libtorch and for the JIT compiler of .NET, as a user's first call does.
        for (var i = 0; i < Samples; i++)
        {
            var f = Jit.Compile((Tensor a) => Chain(a, ops), name: $"chain{i}");
            var start = Stopwatch.GetTimestamp();
            f.Invoke(x);
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            equations = f.Graph!.Equations.Count;
            f.ClearCache();
        }

        return Measurement.Under(
            id, seconds[0], bound, $"{equations} ops; the first in this process, later ones {Interleaved.Median(seconds[1..]):0.000} s");
    }

    /// <summary>A chain of different ops, none of which another one makes redundant.</summary>
    private static Tensor Chain(Tensor x, int ops)
    {
        var y = x;
        for (var i = 0; i < ops; i++)
        {
            y = (i % 8) switch
            {
                0 => F.tanh(y),
                1 => y * (1 + (0.001 * i)),
                2 => F.sigmoid(y),
                3 => y + x,
                4 => F.relu(y),
                5 => F.softmax(y, -1),
                6 => y - F.mean(y, -1, keepdim: true),
                _ => F.square(y),
            };
        }

        return y;
    }
}
