using System.ComponentModel;

namespace Brachy;

/// <summary>
/// A typed view of one node of a structure tree. A constructor builds a new node; <c>Bind</c> views an existing one.
/// Members read and write the node.
/// </summary>
public abstract class Module
{
    /// <summary>Builds a new node.</summary>
    protected Module()
    {
        Tree = new StructureTree { ApplyFn = DefaultApply };
        Config = DefaultConfig;
    }

    /// <summary>Views an existing node.</summary>
    protected Module(ModuleBinding binding)
    {
        ArgumentNullException.ThrowIfNull(binding.Tree);
        ArgumentNullException.ThrowIfNull(binding.Config);
        Tree = binding.Tree;
        Config = binding.Config;
    }

    /// <summary>The node.</summary>
    public StructureTree Tree { get; }

    /// <summary>The settings that the whole model shares.</summary>
    public GlobalConfig Config { get; private set; }

    /// <summary>What a newly built node computes.</summary>
    protected virtual ApplyFn? DefaultApply => null;

    /// <summary>The settings that a newly built module brings along.</summary>
    protected virtual GlobalConfig DefaultConfig => GlobalConfig.Empty;

    /// <summary>Takes the module apart: <c>var (tree, config) = new Linear(3, 4);</c></summary>
    public void Deconstruct(out StructureTree tree, out GlobalConfig config) => (tree, config) = (Tree, Config);

    /// <summary>Changes the settings of this view; a module being built passes them on to its parent.</summary>
    public void UpdateConfig(string key, object? value) => Config = Config.With(key, value);

    /// <summary>Reads a param.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue GetParam(string key) => Read(Tree.Params, "param", key);

    /// <summary>Reads a param that need not be there.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue FindParam(string key) => Tree.Params.TryGetValue(key, out var value) ? value : TreeValue.None;

    /// <summary>Writes a param.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetParam(string key, TreeValue value) => Tree.Params[key] = value;

    /// <summary>Reads a buffer.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue GetBuffer(string key) => Read(Tree.Buffers, "buffer", key);

    /// <summary>Reads a buffer that need not be there.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue FindBuffer(string key) => Tree.Buffers.TryGetValue(key, out var value) ? value : TreeValue.None;

    /// <summary>Writes a buffer.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetBuffer(string key, TreeValue value) => Tree.Buffers[key] = value;

    /// <summary>Reads a static value.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T GetStatic<T>(string key) => Read(Tree.Aux, "static value", key) switch
    {
        T value => value,
        null when default(T) is null => default!,
        var other => throw new InvalidCastException($"The static value '{key}' of {Name} is {StaticValue.Format(other)}, which is not a {typeof(T).Name}."),
    };

    /// <summary>Writes a static value.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetStatic<T>(string key, T value) => Tree.Aux[key] = value;

    /// <summary>Views a submodule; the view is kept while it is of the same node.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TModule GetSubmodule<TModule>(string key, ref TModule? view, Func<StructureTree, GlobalConfig, TModule> bind)
        where TModule : Module
    {
        var node = Read(Tree.Submodules, "submodule", key);
        if (view is null || !ReferenceEquals(view.Tree, node) || !ReferenceEquals(view.Config, Config))
        {
            view = bind(node, Config);
        }

        return view;
    }

    /// <summary>Views a submodule that need not be there.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TModule? FindSubmodule<TModule>(string key, ref TModule? view, Func<StructureTree, GlobalConfig, TModule> bind)
        where TModule : Module => Tree.Submodules.ContainsKey(key) ? GetSubmodule(key, ref view, bind) : null;

    /// <summary>Makes a module's node a submodule and takes over its settings where there are none yet; null removes it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetSubmodule(string key, Module? value)
    {
        if (value is null)
        {
            Tree.Submodules.Remove(key);
            return;
        }

        Tree.Submodules[key] = value.Tree;
        Config = GlobalConfig.Merge(Config, value.Config);
    }

    /// <summary>Reads a setting.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T GetConfig<T>(string key, T defaultValue) => Config.Get(key, defaultValue);

    private string Name => Tree.ApplyFn?.Name ?? "this node";

    private T Read<T>(TreeDictionary<T> values, string kind, string key) => values.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException(
            $"{Name} has no {kind} '{key}'; it has {values.KeySet}. Was it assigned in the constructor, or removed from the tree?");
}

/// <summary>What a view is bound to.</summary>
/// <param name="Tree">The node.</param>
/// <param name="Config">The settings.</param>
public readonly record struct ModuleBinding(StructureTree Tree, GlobalConfig Config);

/// <summary>A view of any node whose apply function has this signature.</summary>
/// <typeparam name="TInput">The input: one type, or a tuple for several arguments.</typeparam>
/// <typeparam name="TOutput">The output.</typeparam>
public class Module<TInput, TOutput> : Module
{
    /// <summary>Builds a new node.</summary>
    protected Module()
    {
    }

    /// <summary>Views an existing node.</summary>
    protected Module(ModuleBinding binding)
        : base(binding)
    {
    }

    /// <summary>Views a node as anything with this signature.</summary>
    public static Module<TInput, TOutput> Bind(StructureTree tree, GlobalConfig config) => new(new ModuleBinding(tree, config));

    /// <summary>Computes what the node's apply function says; changed buffers are in <see cref="Module.Tree"/> afterwards.</summary>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public TOutput Call(TInput input) => ApplyOf(Tree).Run(Tree, Config, input);

    /// <summary>The apply function of a node.</summary>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected static ApplyFn<TInput, TOutput> ApplyOf(StructureTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.ApplyFn switch
        {
            ApplyFn<TInput, TOutput> apply => apply,
            null => throw new InvalidOperationException("The node has no apply function, so that it cannot be called; set StructureTree.ApplyFn."),
            var other => throw new InvalidOperationException(
                $"The node computes {other.Name}: {other.Signature}, but is called as ({typeof(TInput)}) -> {typeof(TOutput)}."),
        };
    }
}
