using Brachy.Trees;

namespace Brachy;

// What a node computes, given and called by hand.
public partial class StateOrganizer
{
    /// <summary>Sets what the node computes.</summary>
    /// <param name="apply">The apply function.</param>
    public void SetApply(ApplyFn apply)
    {
        ArgumentNullException.ThrowIfNull(apply);
        Tree.ApplyFn = apply;
    }

    /// <summary>Sets what the node computes; several results are a tuple.</summary>
    /// <param name="name">The name, for messages and checkpoints.</param>
    /// <param name="body">From a view of the node, which may be changed, and the input to the output.</param>
    public void SetApply<TInput, TOutput>(string name, Func<StateOrganizer, TInput, TOutput> body) =>
        Tree.ApplyFn = ApplyFn.Organized(name, body);

    /// <summary>Sets what the node computes from nothing but itself.</summary>
    /// <inheritdoc cref="SetApply{TInput, TOutput}(string, Func{StateOrganizer, TInput, TOutput})"/>
    public void SetApply<TOutput>(string name, Func<StateOrganizer, TOutput> body) => Tree.ApplyFn = ApplyFn.Organized(name, body);

    /// <summary>The node and its settings: a module in two parts.</summary>
    public (StructureTree Tree, GlobalConfig Config) CreateModule() => (Tree, Config);

    /// <summary>Sets what the node computes, and gives the node and its settings.</summary>
    /// <param name="apply">
    /// The apply function; <see cref="ApplyFn.Organized{TInput, TOutput}(string, Func{StateOrganizer, TInput, TOutput})"/> makes one
    /// of a function of a view.
    /// </param>
    public (StructureTree Tree, GlobalConfig Config) CreateModule(ApplyFn apply)
    {
        SetApply(apply);
        return CreateModule();
    }

    /// <summary>
    /// Computes what the node says, in place: params and buffers that the call changes, here and below, are in the tree afterwards.
    /// </summary>
    /// <typeparam name="TInput">The input: one type, or a tuple for several arguments.</typeparam>
    /// <typeparam name="TOutput">The output.</typeparam>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public TOutput Call<TInput, TOutput>(TInput input) => Tree.ApplyOf<TInput, TOutput>().Call(Tree, Config, input);

    /// <summary>Computes what a node below says; what it changes is in this node's tree afterwards.</summary>
    /// <param name="path">The key of the node, or its path such as <c>layers.0</c>.</param>
    /// <param name="input">The input.</param>
    /// <exception cref="KeyNotFoundException">There is no such submodule.</exception>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public TOutput Call<TInput, TOutput>(string path, TInput input) => Submodule(path).Call<TInput, TOutput>(input);

    /// <summary>Computes what a node below says that was registered under a number.</summary>
    /// <inheritdoc cref="Call{TInput, TOutput}(string, TInput)"/>
    public TOutput Call<TInput, TOutput>(int key, TInput input) => Submodule(key).Call<TInput, TOutput>(input);
}
