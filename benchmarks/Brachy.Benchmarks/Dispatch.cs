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
        for (var sample = 0; sample < Samples; sample++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < CallsPerSample; i++)
            {
                tree = function.Invoke(tree);
            }

            samples[sample] = Stopwatch.GetElapsedTime(start).TotalMicroseconds / CallsPerSample;
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
