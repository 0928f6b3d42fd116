using System.Diagnostics;
using Brachy.Compilation;

namespace Brachy.Benchmarks;

/// <summary>What loops in compiled code cost by themselves.</summary>
internal static class Loops
{
    private const int Steps = 4096;

    /// <summary>Trace, compilation and first call of a loop of 4,096 steps, and of its gradient.</summary>
    public static Measurement Compile(string id, double bound)
    {
        var x = F.ones([64]);
        var times = new double[5];
        for (var i = 0; i < times.Length; i++)
        {
            var function = Jit.Compile(Grad.Of((Tensor h) => Loop(h, operators: 2).sum()), backend: Backend.TorchScript);
            var start = Stopwatch.GetTimestamp();
            function.Invoke(x);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            function.ClearCache();
        }

        return Measurement.Under(id, Interleaved.Median(times), bound, $"first call of the gradient of {Steps} steps");
    }

    /// <summary>What a step adds to one small operator: twice the loop of one, less that of two.</summary>
    public static Measurement Iteration(string id, Backend backend, double bound)
    {
        var x = F.ones([16]);
        var (one, two) = (Compiled(1), Compiled(2));
        var (single, twice) = Interleaved.Medians(() => one.Invoke(x).Dispose(), () => two.Invoke(x).Dispose(), blocks: 40, blockSize: 5);
        var (iteration, operation) = (1000 * ((2 * single) - twice) / Steps, 1000 * (twice - single) / Steps);
        return Measurement.AtMost(
            id, iteration, bound, FormattableString.Invariant($"{backend.Name}, one operator more {operation:F2} µs a step"));

        JitFunction<CompilerServices.Arguments<Tensor>, Tensor> Compiled(int operators) =>
            Jit.Compile((Tensor h) => Loop(h, operators), backend: backend);
    }

    private static Tensor Loop(Tensor x, int operators) => Control.For(0, Steps, (i, h) =>
    {
        for (var k = 0; k < operators; k++)
        {
            h = k % 2 == 0 ? h * 0.999 : F.sqrt(h);
        }

        return h;
    }, x);
}
