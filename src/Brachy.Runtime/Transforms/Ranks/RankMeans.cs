using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>Means over the ranks, of what data-parallel functions and optimizers use.</summary>
internal static class RankMeans
{
    // What is a mean already: a second one would be the same, at the price of another exchange.
    private static readonly ConditionalWeakTable<Tensor, object> s_means = [];

    /// <summary>
    /// Whether a gradient that is taken now is that of the rank's share of the batch: in a data-parallel function, unless another gradient
    /// or a function of one sample is around, whose results are combined by what is around them.
    /// </summary>
    public static bool AreOfGradients =>
        RankScope.Current is { IsPaused: false } && Trace.Current is not { OpenGradients: > 0 } && !IsOfOneSample();

    private static bool IsOfOneSample()
    {
        var trace = Trace.Current;
        while (trace is { IsSample: false })
        {
            trace = trace.Outer;
        }

        return trace is not null;
    }

    /// <summary>Whether a tensor is known to be such a mean.</summary>
    public static bool IsMean(Tensor tensor) => s_means.TryGetValue(tensor, out _);

    /// <summary>The mean over the ranks of a floating-point tensor; others as they are.</summary>
    public static Tensor Of(Tensor tensor)
    {
        if (!tensor.dtype.IsFloatingPoint() || IsMean(tensor))
        {
            return tensor;
        }

        var mean = F.pmean(tensor, Rank.Axis);
        s_means.AddOrUpdate(mean, s_means);
        return mean;
    }

    /// <summary>The same of each tensor of a tree.</summary>
    public static StructureTree Of(StructureTree tree) => tree.MapInScope((_, tensor) => Of(tensor));

    /// <summary>The means of running statistics that a run has changed.</summary>
    /// <param name="before">The model before the run.</param>
    /// <param name="after">The model after it; params are those of before.</param>
    public static StructureTree OfBuffers(StructureTree before, StructureTree after)
    {
        var old = new HashSet<Tensor>(before.DistinctTensors().Select(t => t.Tensor), ReferenceEqualityComparer.Instance);
        after = after.WithParams(before.GetParams());
        return after.MapInScope((_, tensor) => old.Contains(tensor) ? tensor : Of(tensor));
    }
}
