using System.ComponentModel;

namespace Brachy;

/// <summary>
/// A view of one node of a structure tree, with which trees are built and read by hand. A <see cref="Module"/> is the same
/// with typed members.
/// </summary>
/// <example>
/// <code>
/// var layer = new StateOrganizer();
/// layer.RegisterParameter("weight", Rng.Normal([2, 3]));
/// layer.SetApply("project", (StateOrganizer o, Tensor x) => x.matmul(o["weight"]));
/// var (tree, config) = layer;
/// </code>
/// </example>
public class StateOrganizer
{
    /// <summary>Builds a new, empty node.</summary>
    public StateOrganizer()
        : this(new StructureTree(), GlobalConfig.Empty)
    {
    }

    /// <summary>Views an existing node; what is written through the view is in the node at once.</summary>
    /// <param name="tree">The node.</param>
    /// <param name="config">The settings that the whole model shares.</param>
    public StateOrganizer(StructureTree tree, GlobalConfig config)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(config);
        Tree = tree;
        Config = config;
    }

    /// <summary>The node.</summary>
    public StructureTree Tree { get; }

    /// <summary>The settings that the whole model shares.</summary>
    public GlobalConfig Config { get; private set; }

    /// <summary>A param or buffer of the node; only those that are there can be written.</summary>
    /// <param name="key">Its key.</param>
    /// <exception cref="KeyNotFoundException">There is neither a param nor a buffer of that name.</exception>
    public TreeValue this[string key]
    {
        get => Tree.Buffers.TryGetValue(key, out var buffer) ? buffer : Read(Tree.Params, "param or buffer", key);
        set
        {
            if (Tree.Buffers.ContainsKey(key))
            {
                Tree.Buffers[key] = value;
                return;
            }

            Read(Tree.Params, "param or buffer", key);
            Tree.Params[key] = value;
        }
    }

    /// <summary>Takes the view apart: <c>var (tree, config) = new Linear(3, 4);</c></summary>
    public void Deconstruct(out StructureTree tree, out GlobalConfig config) => (tree, config) = (Tree, Config);

    /// <summary>Adds a trained value.</summary>
    /// <exception cref="ArgumentException">The node has a member of that name.</exception>
    public void RegisterParameter(string key, TreeValue value)
    {
        RequireFree(key);
        Tree.Params.Add(key, value);
    }

    /// <summary>Adds state that is not trained.</summary>
    /// <exception cref="ArgumentException">The node has a member of that name.</exception>
    public void RegisterBuffer(string key, TreeValue value)
    {
        RequireFree(key);
        Tree.Buffers.Add(key, value);
    }

    /// <summary>Adds a static value.</summary>
    /// <exception cref="ArgumentException">The node has a member of that name.</exception>
    public void RegisterAux(string key, object? value)
    {
        RequireFree(key);
        Tree.Aux.Add(key, value);
    }

    /// <summary>Adds a node below, and takes over its settings where there are none yet.</summary>
    /// <exception cref="ArgumentException">The node has a member of that name.</exception>
    public void RegisterSubmodule(string key, StateOrganizer module)
    {
        ArgumentNullException.ThrowIfNull(module);
        RequireFree(key);
        SetSubmodule(key, module);
    }

    /// <summary>Sets what the node computes.</summary>
    /// <param name="name">The name, for messages.</param>
    /// <param name="body">From a view of the node and the input to the output.</param>
    public void SetApply<TInput, TOutput>(string name, Func<StateOrganizer, TInput, TOutput> body) => Tree.ApplyFn = ApplyFn.Organized(name, body);

    /// <summary>A view of a node below; what is written through it is in this node's tree.</summary>
    /// <exception cref="KeyNotFoundException">There is no such submodule.</exception>
    public StateOrganizer Submodule(string key) => new(Read(Tree.Submodules, "submodule", key), Config);

    /// <summary>Computes what a node below says; its changed buffers are in this node's tree afterwards.</summary>
    /// <exception cref="KeyNotFoundException">There is no such submodule.</exception>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public TOutput Call<TInput, TOutput>(string key, TInput input) =>
        Module<TInput, TOutput>.Bind(Read(Tree.Submodules, "submodule", key), Config).Call(input);

    /// <summary>A static value.</summary>
    /// <exception cref="KeyNotFoundException">There is no such value.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T Aux<T>(string key) => GetStatic<T>(key);

    /// <summary>Changes the settings of this view; a node being built passes them on to its parent.</summary>
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
        where TModule : StateOrganizer
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
        where TModule : StateOrganizer => Tree.Submodules.ContainsKey(key) ? GetSubmodule(key, ref view, bind) : null;

    /// <summary>Makes a module's node a submodule and takes over its settings where there are none yet; null removes it.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetSubmodule(string key, StateOrganizer? value)
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

    private protected void AdoptConfig(GlobalConfig config) => Config = config;

    private string Name => Tree.ApplyFn?.Name ?? "this node";

    private void RequireFree(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (Tree.Params.ContainsKey(key) || Tree.Buffers.ContainsKey(key) || Tree.Aux.ContainsKey(key) || Tree.Submodules.ContainsKey(key))
        {
            throw new ArgumentException($"{Name} has a member '{key}' already.", nameof(key));
        }
    }

    private T Read<T>(TreeDictionary<T> values, string kind, string key) => values.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException(
            $"{Name} has no {kind} '{key}'; it has {values.KeySet}. Was it assigned in the constructor, or removed from the tree?");
}
