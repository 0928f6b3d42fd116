namespace Brachy;

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
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The node gives neither a tensor nor a tree, or has another member of that name.</exception>
    public TOutput Run<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(tree);
        if (tree.Params.ContainsKey(Key) || tree.Submodules.ContainsKey(Key))
        {
            throw new InvalidOperationException($"{inner.Name} has a member '{Key}' already; capture its output under another key.");
        }

        var output = inner.Run(tree, config, input);
        tree.Buffers[Key] = output switch
        {
            Tensor tensor => tensor,
            StructureTree result => result,
            _ => throw new InvalidOperationException(
                $"{inner.Name} gives a {typeof(TOutput)}, but a buffer holds a tensor or a tree. Capture the output of a node that gives one."),
        };
        return output;
    }
}
