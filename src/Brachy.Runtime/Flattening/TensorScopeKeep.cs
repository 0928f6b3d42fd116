using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Lets whole values outlive a <see cref="TensorScope"/>.</summary>
public static class TensorScopeKeep
{
    /// <summary>Lets every tensor of a value outlive a scope.</summary>
    /// <typeparam name="T">A tensor, structure tree, <c>[Tree]</c> type, or tuples and lists of them.</typeparam>
    /// <param name="scope">The scope that the tensors were made in.</param>
    /// <param name="value">The value.</param>
    /// <returns>The same value.</returns>
    public static T Keep<T>(this TensorScope scope, T value)
    {
        ArgumentNullException.ThrowIfNull(scope);
        scope.KeepLeaves(value, TreeHandler.For<T>());
        return value;
    }

    internal static void KeepLeaves<T>(this TensorScope scope, T value, TreeHandler<T> handler)
    {
        foreach (var leaf in TreeHandler.Leaves(value, handler))
        {
            scope.Keep(leaf);
        }
    }
}
