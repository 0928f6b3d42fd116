using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>
/// Writes what a node gives into a buffer of the node, where the tree that a run returns has it; compiled and differentiated as all
/// else is. Put around nodes by <see cref="StructureTree.Wrap"/>.
/// </summary>
/// <param name="Key">The key of the buffer.</param>
/// <example>
/// <code>
/// var watched = model.Wrap("blocks.*", new CaptureOutput());
/// var (after, y) = Network.JitApply(watched, config, x);
/// var hidden = after["blocks.0.output"];
/// </code>
/// </example>
/// <remarks>
/// Go on with the tree that was wrapped, not the returned one: that has one buffer more, which is another structure to a compiled
/// function. A node that is called several times keeps its last output.
/// </remarks>
public sealed record CaptureOutput(string Key = "output") : IApplyWrapper
{
    /// <summary>Whether the node gives a tensor or a tree; nodes that give something else are passed over.</summary>
    /// <exception cref="InvalidOperationException">The node has a member of that name, which is not from capturing its output.</exception>
    public bool Fits(ApplyFn function, StructureTree node)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(node);
        if (function.OutputType != typeof(Tensor) && function.OutputType != typeof(StructureTree))
        {
            return false;
        }

        RequireFree(function, node);
        for (var own = function; own is not null; own = own.Wrapped)
        {
            if (Equals(own.Wrapper))
            {
                return true;
            }
        }

        return node.Buffers.ContainsKey(Key)
            ? throw new InvalidOperationException(
                $"{function.Name} has a buffer '{Key}' already; capture its output under another key. If an earlier capture left it, "
                + $"remove it: tree.At(\"**.{Key}\").Remove().")
            : true;
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// The node gives neither a tensor nor a tree, or has another member of that name.
    /// </exception>
    public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(tree);
        RequireFree(inner, tree);
        var output = inner.Call(tree, config, input);
        tree.Buffers[Key] = output switch
        {
            Tensor tensor => tensor,
            StructureTree result => result,
            _ => throw new InvalidOperationException(
                $"{inner.Name} gives {Article.With(TypeText.Of(typeof(TOutput)))}, but a buffer holds a tensor or a tree. Capture the "
                + "output of a node that gives one."),
        };
        return output;
    }

    private void RequireFree(ApplyFn function, StructureTree node)
    {
        if (node.Params.ContainsKey(Key) || node.Submodules.ContainsKey(Key) || node.Aux.ContainsKey(Key))
        {
            throw new InvalidOperationException($"{function.Name} has a member '{Key}' already; capture its output under another key.");
        }
    }
}
