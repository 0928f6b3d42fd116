using System.Diagnostics;
using Brachy.Compilation;

namespace Brachy.Benchmarks;

/// <summary>The managed cost of a jitted call: taking the arguments apart, finding the version, building the result.</summary>
internal static class Dispatch
{
    private const int CallsPerSample = 1000;
    private const int Samples = 201;

    public static Measurement Measure(string id, int leaves, double bound)
    {
        var tree = Tree(leaves);

        // The graph is empty: every leaf goes in and comes out again.
        var function = Jit.Compile((StructureTree t) => t);
        var samples = new double[Samples];

        // The runtime compiles anew what runs often: first in the background, while slower code goes on.
        for (var sample = -Samples; sample < Samples; sample++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < CallsPerSample; i++)
            {
                tree = function.Invoke(tree);
            }

            samples[Math.Max(sample, 0)] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / CallsPerSample;
        }

        return Measurement.Under(id, Interleaved.Median(samples), bound, $"{leaves} leaves in and out, {leaves / 2} nodes");
    }

    /// <summary>How much longer a call takes for leaves of a tree that the function does not read.</summary>
    public static Measurement MeasureUnused(string id, int leaves, double bound)
    {
        var (small, large) = (Tree(2), Tree(leaves + 2));
        var x = F.ones([4, 4]);
        var function = Jit.Compile(
            (StructureTree t, Tensor x) => x + t.Submodules["layer0"].Params["weight"].Tensor.sum(), backend: Backend.TorchScript);

        // Short samples, most of which no other program interrupts.
        var (with, without) = (new double[10 * Samples], new double[10 * Samples]);
        for (var sample = -50; sample < with.Length; sample++)
        {
            var times = (Time(small), Time(large));
            if (sample >= 0)
            {
                (without[sample], with[sample]) = times;
            }
        }

        var (fewer, more) = (Interleaved.Median(without), Interleaved.Median(with));
        return Measurement.Under(id, more - fewer, bound, $"{more:F2} µs with {leaves} leaves that are not read, {fewer:F2} µs without");

        double Time(StructureTree tree)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < CallsPerSample / 40; i++)
            {
                function.Invoke(tree, x).Dispose();
            }

            return Stopwatch.GetElapsedTime(start).TotalMicroseconds / (CallsPerSample / 40);
        }
    }

    /// <summary>How much longer a call of a version for all sizes takes than one of a version for its size.</summary>
    public static Measurement MeasureVarying(string id, double bound)
    {
        var (batches, weights) = (new[] { F.ones([8, 16]), F.ones([12, 16]) }, F.ones([16, 16]));
        Func<Tensor, Tensor, Tensor> step = (x, w) => F.tanh(x.matmul(w)).mean();
        var varying = Jit.Compile(step, backend: Backend.TorchScript, varying: [new(0, "batch")]);
        var fixedSizes = Jit.Compile(step, backend: Backend.TorchScript);
        var (more, fewer) = Interleaved.Medians(() => Call(varying), () => Call(fixedSizes), blocks: 200, blockSize: 50);
        (more, fewer) = (1000 * more / batches.Length, 1000 * fewer / batches.Length);
        return Measurement.Under(id, more - fewer, bound, $"{more:F2} µs a call for all sizes, {fewer:F2} µs for fixed ones");

        void Call(JitFunction<CompilerServices.Arguments<Tensor, Tensor>, Tensor> function) =>
            Array.ForEach(batches, batch => function.Invoke(batch, weights).Dispose());
    }

    private static StructureTree Tree(int leaves)
    {
        var tree = new StructureTree();
        for (var i = 0; i < leaves / 2; i++)
        {
            var node = new StructureTree();
            node.Params["weight"] = F.zeros([2, 2]);
            node.Params["bias"] = F.zeros([2]);
            tree.Submodules[$"layer{i}"] = node;
        }

        return tree;
    }
}
