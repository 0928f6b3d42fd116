using Brachy.CompilerServices;
using Brachy.Modules;

namespace Brachy;

// Calls of what a tree computes.
public sealed partial class StructureTree
{
    /// <summary>Computes what the tree says. Pure: the tree is left as it is.</summary>
    /// <remarks>
    /// A call may change whatever is in its tree. <see cref="Update"/> takes over params and buffers alone:
    /// <c>tree = tree.Update(next)</c>.
    /// </remarks>
    /// <typeparam name="TInput">The input of the node: one type, or a tuple for several arguments.</typeparam>
    /// <typeparam name="TOutput">The output of the node.</typeparam>
    /// <param name="config">The settings.</param>
    /// <param name="input">The input.</param>
    /// <returns>The whole tree as the call leaves it, and the output.</returns>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public (StructureTree Tree, TOutput Output) Apply<TInput, TOutput>(GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(config);
        var apply = ApplyOf<TInput, TOutput>();
        var next = Copy();

        // Eagerly and outside a gradient, nothing else can need the intermediate results.
        if (Trace.Current is not null || TreeHandler.Find<TOutput>() is null)
        {
            return (next, apply.Call(next, config, input));
        }

        using var scope = TensorScope.Begin();
        var output = scope.Keep(apply.Call(next, config, input));
        return (next, output);
    }

    /// <summary>Computes what the tree says, from a tensor to a tensor. Pure.</summary>
    /// <inheritdoc cref="Apply{TInput, TOutput}"/>
    public (StructureTree Tree, Tensor Output) Apply(GlobalConfig config, Tensor input) => Apply<Tensor, Tensor>(config, input);

    /// <summary>
    /// Takes a module apart into what can be traced, saved and differentiated, and a function of it, which holds the rest. The tree is
    /// left as it is.
    /// <see cref="UnbindModule"/> puts them together again.
    /// </summary>
    /// <typeparam name="TInput">The input of the node: one type, or a tuple for several arguments.</typeparam>
    /// <typeparam name="TOutput">The output of the node.</typeparam>
    /// <param name="config">The settings.</param>
    /// <returns>The params and buffers, whose tensors are shared with the tree; and the function.</returns>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    /// <example>
    /// <code>
    /// var (state, module) = tree.BindModule(config);
    /// (state, var y) = module.Apply(state, x);
    /// </code>
    /// </example>
    public (StructureTree State, BoundModule<TInput, TOutput> Module) BindModule<TInput, TOutput>(GlobalConfig config)
    {
        var (state, rest) = SplitStatic();
        return (state, new BoundModule<TInput, TOutput>(rest, config));
    }

    /// <summary>Takes a module from a tensor to a tensor apart.</summary>
    /// <inheritdoc cref="BindModule{TInput, TOutput}"/>
    public (StructureTree State, BoundModule<Tensor, Tensor> Module) BindModule(GlobalConfig config) =>
        BindModule<Tensor, Tensor>(config);

    /// <summary>The tree and the config that a state and a bound function come from.</summary>
    public static (StructureTree Tree, GlobalConfig Config) UnbindModule<TInput, TOutput>(
        StructureTree state, BoundModule<TInput, TOutput> module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return (module.Unbind(state), module.Config);
    }
}
