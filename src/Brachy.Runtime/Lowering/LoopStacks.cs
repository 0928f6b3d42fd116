namespace Brachy.Compilation;

/// <summary>What loops stack of all their steps, which must have room in memory.</summary>
internal static class LoopStacks
{
    /// <summary>
    /// Throws for a loop whose stacks are larger than the machine's memory: libtorch's own error names no loop, if it comes.
    /// </summary>
    /// <exception cref="InsufficientMemoryException">There is one.</exception>
    public static void Require(Graph graph)
    {
        foreach (var equation in graph.Equations)
        {
            if (equation.Settings is LoopSettings { Length: { } length } settings)
            {
                var row = settings.Step.Graph.Outputs.Skip(settings.Carries).Sum(output => (double)output.Type.ByteSize);
                if (row * length > Memory)
                {
                    throw new InsufficientMemoryException(Message(settings, length, row));
                }
            }

            foreach (var body in equation.Bodies)
            {
                Require(body);
            }
        }
    }

    /// <summary>The memory there is. Where the garbage collector has a limit of its own, it does not tell.</summary>
    private static double Memory { get; } =
        GC.GetConfigurationVariables().TryGetValue("GCHeapHardLimit", out var limit) && limit is > 0L
            ? 1L << 44 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static string Message(LoopSettings settings, long length, double row)
    {
        var (name, number) = settings.Condition is not null ? ("Control.While", "maxSteps") : ("Control.Scan", "the number of steps");
        var advice = settings.Checkpoint
            ? "" : ", or checkpoint: true, with which a gradient keeps the states alone";
        return FormattableString.Invariant($"{name}: {number} is {length}, and of each step {row:0} bytes are kept, for a gradient or as ")
            + FormattableString.Invariant($"outputs: that makes {row * length:0} bytes, but there are {Memory:0} bytes of memory. ")
            + $"Use fewer steps{advice}.";
    }
}
