namespace Brachy.Compilation;

/// <summary>Compiles a graph to steps of vector instructions.</summary>
internal sealed class VectorBackend() : Backend("vector code")
{
    internal override bool IsForLibtorch => false;

    internal override Graph Prepare(Graph graph) => LayersInSteps.Run(graph);

    internal override Executable Compile(Graph graph, bool[] donated)
    {
        var plan = MemoryPlan.Make(graph, donated);
        var (program, refusal) = VectorCompiler.Compile(Routines.Of(graph, plan), TrainingKernels.All);
        return program is not null
            ? new VectorExecutable(graph, plan, donated, program)
            : throw new NotSupportedException($"Vector code cannot run {refusal}; use {nameof(Backend)}.{nameof(Default)}.");
    }

    /// <summary>Vector code for a graph behind the passes, where it can run that and should be faster than libtorch; else null.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="donated">For each input whether a run takes it over.</param>
    /// <param name="isFaster">The policy, which is given the number of elements that are copied from one layout to another.</param>
    public static Executable? IfFaster(Graph graph, bool[] donated, Func<Graph, long, bool> isFaster)
    {
        if (!isFaster(graph, 0))
        {
            return null;
        }

        var plan = MemoryPlan.Make(graph, donated);
        return VectorCompiler.Compile(Routines.Of(graph, plan), TrainingKernels.All).Program is { } program
            && VectorExecutable.HasRoomFor(program) && isFaster(graph, program.CopiedElements)
            ? new VectorExecutable(graph, plan, donated, program) : null;
    }
}

/// <summary>Chooses between vector code and TorchScript.</summary>
internal sealed class DefaultBackend() : Backend("default")
{
    private static readonly Backend s_knownWeights = new KnownWeightsBackend();
    private static readonly Backend s_trainedConvolutions = new TrainedConvolutionsBackend();

    internal override bool IsForFixedSizes => false;

    internal override Backend? First(Graph graph) => CompilerPasses.IsDisabled(CompilerPasses.VectorCode) ? null
        : TrainedConvolutionsBackend.MayBeFaster(graph) ? s_trainedConvolutions
        : !graph.Exchanges && KnownWeightsPolicy.MayBeFaster(graph) ? s_knownWeights : null;

    internal override Executable Compile(Graph graph, bool[] donated)
    {
        if (CompilerPasses.IsDisabled(CompilerPasses.VectorCode))
        {
            return TorchScript.Compile(graph, donated);
        }

        var chains = CompilerPasses.IsDisabled(CompilerPasses.FusedChains) ? null : ChainPlan.Find(graph, donated);
        var gainsMore = chains is not null && chains.Saved > VectorPolicy.SavedBy(graph);
        return (gainsMore ? null : VectorBackend.IfFaster(graph, donated, VectorPolicy.IsFaster))
            ?? (chains is null ? TorchScript.Compile(graph, donated) : ChainBackend.Compile(graph, donated, chains));
    }
}
