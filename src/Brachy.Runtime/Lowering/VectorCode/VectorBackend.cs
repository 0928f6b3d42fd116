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
}

/// <summary>Chooses between vector code and TorchScript.</summary>
internal sealed class DefaultBackend() : Backend("default")
{
    private static readonly Backend s_knownWeights = new KnownWeightsBackend();

    internal override bool IsForFixedSizes => false;

    internal override Backend? First(Graph graph) =>
        !graph.Exchanges && KnownWeightsPolicy.MayBeFaster(graph) && !CompilerPasses.IsDisabled(CompilerPasses.VectorCode)
            ? s_knownWeights : null;

    internal override Executable Compile(Graph graph, bool[] donated)
    {
        if (CompilerPasses.IsDisabled(CompilerPasses.VectorCode))
        {
            return TorchScript.Compile(graph, donated);
        }

        var chains = CompilerPasses.IsDisabled(CompilerPasses.FusedChains) ? null : ChainPlan.Find(graph, donated);
        if (VectorPolicy.IsFaster(graph) && !(chains?.Saved > VectorPolicy.SavedBy(graph)))
        {
            var plan = MemoryPlan.Make(graph, donated);
            if (VectorCompiler.Compile(Routines.Of(graph, plan), TrainingKernels.All).Program is { } program
                && VectorExecutable.HasRoomFor(program)
                && VectorPolicy.IsFaster(graph, program.CopiedElements))
            {
                return new VectorExecutable(graph, plan, donated, program);
            }
        }

        return chains is null ? TorchScript.Compile(graph, donated) : ChainBackend.Compile(graph, donated, chains);
    }
}
