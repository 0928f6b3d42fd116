namespace Brachy;

/// <summary>
/// The memory of a loop or a choice that runs as C# code. What a step makes on the way is freed at its end, a state when it is replaced,
/// and results have handles of their own: whoever disposes one disposes no operand. In a gradient all lives as long as its tape.
/// </summary>
internal sealed class EagerMemory
{
    private readonly HashSet<Tensor> _made = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Tensor> _given = new(ReferenceEqualityComparer.Instance);
    private Tensor[] _state = [];

    /// <summary>Opens the scope of a step; null in a gradient.</summary>
    public static TensorScope? BeginStep() => Trace.Current is null ? TensorScope.Begin() : null;

    /// <summary>Lets what a step gives outlive it, and frees the state before it.</summary>
    /// <param name="scope">The scope of the step, if it has one.</param>
    /// <param name="state">The new state.</param>
    /// <param name="given">What else the step gives.</param>
    public void EndStep(TensorScope? scope, Tensor[] state, Tensor[] given)
    {
        if (scope is null)
        {
            return;
        }

        foreach (var tensor in state.Concat(given).Where(scope.Holds))
        {
            _made.Add(tensor);
            scope.Keep(tensor);
        }

        _given.UnionWith(given);
        foreach (var tensor in _state.Where(
            tensor => !_given.Contains(tensor) && !state.Contains(tensor, ReferenceEqualityComparer.Instance) && _made.Remove(tensor)))
        {
            tensor.Dispose();
        }

        _state = state;
    }

    /// <summary>The results, each with a handle of its own.</summary>
    /// <param name="results">What the last step, or the caller, gave.</param>
    public Tensor[] Results(Tensor[] results)
    {
        var taken = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        Tensor[] own = [.. results.Select(result => taken.Add(result) && _made.Contains(result) ? result : F.alias(result))];
        foreach (var tensor in _given.Where(tensor => !taken.Contains(tensor) && _made.Contains(tensor)))
        {
            tensor.Dispose();
        }

        return own;
    }
}
