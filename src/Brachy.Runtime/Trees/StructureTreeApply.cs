using Brachy.Trees;

namespace Brachy;

// What a tree computes.
public sealed partial class StructureTree
{
    /// <summary>A node without state that computes a value from nothing.</summary>
    /// <inheritdoc cref="FromFunc{TInput, TOutput}(Func{TInput, TOutput}, string)"/>
    public static StructureTree FromFunc<TOutput>(Func<TOutput> function, string name = "function") =>
        FromFunc<ValueTuple, TOutput>(function, name, _ => function());

    /// <summary>What this node computes, with the types that it is called with.</summary>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    internal ApplyFn<TInput, TOutput> ApplyOf<TInput, TOutput>() => ApplyFn switch
    {
        ApplyFn<TInput, TOutput> apply => apply,
        null =>
            throw new InvalidOperationException("The node has no apply function, so that it cannot be called; set StructureTree.ApplyFn."),
        var other => throw new InvalidOperationException(
            $"The node computes {other.Name}: {other.Signature}, but is called as ({TypeText.Of(typeof(TInput))}) -> "
            + $"{TypeText.Of(typeof(TOutput))}."),
    };

    private static StructureTree FromFunc<TInput, TOutput>(Delegate function, string name, Func<TInput, TOutput> body)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new() { ApplyFn = new ApplyFn<TInput, TOutput>(name, (_, _, input) => body(input), identity: function) };
    }
}
