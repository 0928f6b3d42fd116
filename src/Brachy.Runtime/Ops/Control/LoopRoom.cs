using Brachy.Compilation;

namespace Brachy;

/// <summary>The room for what loops stack of all their steps.</summary>
internal static class LoopRoom
{
    /// <summary>The memory there is. Where the garbage collector has a limit of its own, it does not tell.</summary>
    private static double Memory { get; } =
        GC.GetConfigurationVariables().TryGetValue("GCHeapHardLimit", out var limit) && limit is > 0L
            ? 1L << 44 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>
    /// Throws for a loop whose stacks are larger than the machine's memory: libtorch's own error names no loop, if it comes at all.
    /// </summary>
    /// <param name="graph">The graph, without results that nobody reads.</param>
    /// <exception cref="InsufficientMemoryException">There is one.</exception>
    public static void Require(Graph graph)
    {
        foreach (var equation in graph.Equations)
        {
            if (equation.Settings is LoopSettings { Length: { } length } settings && RowOf(settings) * length > Memory)
            {
                throw Refusal(settings);
            }

            foreach (var body in equation.Bodies)
            {
                Require(body);
            }
        }
    }

    /// <summary>Throws for a loop with a stack that no type has room for.</summary>
    /// <exception cref="InsufficientMemoryException">There is one.</exception>
    public static void RequireCountable(LoopSettings settings)
    {
        if (settings.Length is { } length && settings.Step.Graph.Outputs.Skip(settings.Carries).Any(
            output => (double)output.Type.Shape.NumElements * length >= Shape.MaxElements))
        {
            throw Refusal(settings);
        }
    }

    /// <summary>The bytes that are kept of each step.</summary>
    private static double RowOf(LoopSettings settings) =>
        settings.Step.Graph.Outputs.Skip(settings.Carries).Sum(output => (double)output.Type.ByteSize);

    private static InsufficientMemoryException Refusal(LoopSettings settings)
    {
        var (length, row) = (settings.Length!.Value, RowOf(settings));
        var (name, number) = settings.Condition is not null ? ("Control.While", "maxSteps") : ("Control.Scan", "the number of steps");
        var advice = settings.Checkpoint ? "" : ", or checkpoint: true, with which a gradient keeps the states alone";
        return new(
            FormattableString.Invariant($"{name}: {number} is {length}, and of each step {row:0} bytes are kept, for a gradient or as ")
            + FormattableString.Invariant($"outputs: that makes {row * length:0} bytes, but there are {Memory:0} bytes of memory. ")
            + $"Use fewer steps{advice}.");
    }
}
