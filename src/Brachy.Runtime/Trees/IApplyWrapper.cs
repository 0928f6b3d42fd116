namespace Brachy.Trees;

/// <summary>
/// Runs in place of a node's apply function, whatever its signature: a hook, a change of element type, a measurement. Put
/// around a function by <see cref="ApplyFn.Wrap"/>.
/// </summary>
/// <remarks>
/// A wrapper is part of the compile key. Make it a record, or give it value equality otherwise: one that is compared by
/// reference re-traces for each new instance.
/// </remarks>
public interface IApplyWrapper
{
    /// <summary>Computes what the node says; called in place of the wrapped function.</summary>
    /// <typeparam name="TInput">The input of the node.</typeparam>
    /// <typeparam name="TOutput">The output of the node.</typeparam>
    /// <param name="inner">The wrapped function; call its <see cref="ApplyFn{TInput, TOutput}.Call"/> with this tree.</param>
    /// <param name="tree">The node, which may be changed.</param>
    /// <param name="config">The settings.</param>
    /// <param name="input">The input.</param>
    /// <returns>The output.</returns>
    TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input);

    /// <summary>
    /// Whether the wrapper can run around a node, which <see cref="StructureTree.Wrap"/> passes over otherwise; true by default. Throw
    /// if it would be wrong to go on without the node.
    /// </summary>
    /// <param name="function">The function to be wrapped, which may be another wrapper's.</param>
    /// <param name="node">The node; it is not to be changed.</param>
    bool Fits(ApplyFn function, StructureTree node) => true;
}
