namespace Brachy.Compilation;

/// <summary>Vector code for evaluated networks, compiled by the passes that leave libtorch's kernels out of account.</summary>
internal sealed class KnownWeightsBackend() : Backend("vector code for known weights")
{
    internal override bool IsForLibtorch => false;

    internal override Executable? TryCompile(Graph graph, bool[] donated) =>
        VectorBackend.IfFaster(graph, donated, KnownWeightsPolicy.IsFaster);

    internal override Executable Compile(Graph graph, bool[] donated) => TryCompile(graph, donated)
        ?? throw new NotSupportedException($"Vector code is not for this graph; use {nameof(Backend)}.{nameof(Default)}.");
}
