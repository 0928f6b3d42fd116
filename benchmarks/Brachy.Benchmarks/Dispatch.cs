using System.Diagnostics;

namespace Brachy.Benchmarks;

/// <summary>The managed cost of a jitted call: taking the arguments apart, finding the version, building the result.</summary>
internal static class Dispatch
{
    private const int CallsPerSample = 1000;
    private const int Samples = 201;

    public static Measurement Measure(string id, int leaves, double bound)
    {
        var tree = new StructureTree();
        for (var i = 0; i < leaves / 2; i++)
        {
            var node = new StructureTree();
            node.Params["weight"] = F.zeros([2, 2]);
            node.Params["bias"] = F.zeros([2]);
            tree.Submodules[$"layer{i}"] = node;
        }

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
}
