using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>What running a function on tensors without values gave.</summary>
/// <param name="Graph">The ops.</param>
/// <param name="Result">The static part of the result.</param>
/// <param name="Checks">What must be looked at after each run.</param>
internal sealed record TracedFunction(Graph Graph, TreeDef Result, IReadOnlyList<PendingCheck> Checks)
{
    /// <summary>The types of the result's tensors.</summary>
    public IEnumerable<TensorType> ResultTypes => Result.Tokens.Select(token => token.Value).OfType<TensorType>();
}
