using Brachy.Modules;

namespace Brachy;

// Calls of what a tree computes.
public sealed partial class StructureTree
{
    /// <summary>Applies a tree's function; the tree is left as it is.</summary>
    /// <typeparam name="TInput">The input of the node: one type, or a tuple for several arguments.</typeparam>
    /// <typeparam name="TOutput">The output of the node.</typeparam>
    /// <param name="tree">The tree.</param>
    /// <param name="config">The settings.</param>
    /// <param name="input">The input.</param>
    /// <returns>The whole tree as the call leaves it, and the output.</returns>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public static (StructureTree Tree, TOutput Output) ApplyTree<TInput, TOutput>(StructureTree tree, GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.ApplyOf<TInput, TOutput>().Invoke(tree, config, input);
    }

    /// <summary>Applies the tree's function from a tensor to a tensor; the tree is left as it is.</summary>
    /// <inheritdoc cref="ApplyTree{TInput, TOutput}"/>
    public (StructureTree Tree, Tensor Output) ApplyTree(GlobalConfig config, Tensor input) =>
        ApplyTree<Tensor, Tensor>(this, config, input);

    /// <summary>
    /// As <see cref="ApplyTree{TInput, TOutput}"/>, but a call can change only params and buffers: see <see cref="Update"/>.
    /// </summary>
    /// <inheritdoc cref="ApplyTree{TInput, TOutput}"/>
    /// <returns>The tree with the params and buffers that the call leaves, and the output.</returns>
    public static (StructureTree Tree, TOutput Output) ApplyAndUpdate<TInput, TOutput>(
        StructureTree tree, GlobalConfig config, TInput input)
    {
        var (next, output) = ApplyTree<TInput, TOutput>(tree, config, input);
        return (tree.Update(next), output);
    }

    /// <summary>As <see cref="ApplyTree(GlobalConfig, Tensor)"/>, but a call can change only params and buffers.</summary>
    /// <inheritdoc cref="ApplyAndUpdate{TInput, TOutput}"/>
    public (StructureTree Tree, Tensor Output) ApplyAndUpdate(GlobalConfig config, Tensor input) =>
        ApplyAndUpdate<Tensor, Tensor>(this, config, input);

    /// <summary>
    /// Takes a module apart into what can be traced, saved and differentiated, and a function of it, which holds the rest.
    /// <see cref="UnbindModule"/> puts them together again.
    /// </summary>
    /// <typeparam name="TInput">The input of the node: one type, or a tuple for several arguments.</typeparam>
    /// <typeparam name="TOutput">The output of the node.</typeparam>
    /// <param name="tree">The tree; it is left as it is.</param>
    /// <param name="config">The settings.</param>
    /// <returns>The params and buffers, whose tensors are shared with the tree; and the function.</returns>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    /// <example>
    /// <code>
    /// var (state, module) = StructureTree.BindModule&lt;Tensor, Tensor>(tree, config);
    /// (state, var y) = module.Invoke(state, x);
    /// </code>
    /// </example>
    public static (StructureTree State, BoundModule<TInput, TOutput> Module) BindModule<TInput, TOutput>(
        StructureTree tree, GlobalConfig config)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var (state, rest) = tree.SplitStatic();
        return (state, new BoundModule<TInput, TOutput>(rest, config));
    }

    /// <summary>Takes a module from a tensor to a tensor apart.</summary>
    /// <inheritdoc cref="BindModule{TInput, TOutput}"/>
    public (StructureTree State, BoundModule<Tensor, Tensor> Module) BindModule(GlobalConfig config) =>
        BindModule<Tensor, Tensor>(this, config);

    /// <summary>The tree and the config that a state and a bound function come from.</summary>
    public static (StructureTree Tree, GlobalConfig Config) UnbindModule<TInput, TOutput>(
        StructureTree state, BoundModule<TInput, TOutput> module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return (module.Unbind(state), module.Config);
    }
}
