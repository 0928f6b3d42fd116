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
/// <remarks>
/// A function that builds a tree with random values takes an <see cref="RngKey"/>, and begins with <c>using var rng = Rng.Scope(key);</c>: the
/// modules it makes draw from that key, whatever happens outside.
/// </remarks>
public partial class StateOrganizer
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

    /// <summary>
    /// A param or buffer of this node, or of one below by its path such as <c>layers.0.weight</c>. Only those that are there can be
    /// written; new ones are registered.
    /// </summary>
    /// <param name="path">Its key or path.</param>
    /// <exception cref="KeyNotFoundException">There is neither a param nor a buffer of that name, or no such submodule.</exception>
    public TreeValue this[string path]
    {
        get
        {
            var (node, key) = Locate(path);
            return node.Tree.Buffers.TryGetValue(key, out var buffer) ? buffer : node.Read(node.Tree.Params, "param or buffer", key);
        }
        set
        {
            var (node, key) = Locate(path);
            if (node.Tree.Buffers.ContainsKey(key))
            {
                node.Tree.Buffers[key] = value;
                return;
            }

            node.Read(node.Tree.Params, "param or buffer", key);
            node.Tree.Params[key] = value;
        }
    }

    /// <summary>Takes the view apart: <c>var (tree, config) = new Linear(3, 4);</c></summary>
    public void Deconstruct(out StructureTree tree, out GlobalConfig config) => (tree, config) = (Tree, Config);

    /// <summary>A view of a node below; what is written through it is in this node's tree.</summary>
    /// <param name="path">The key of the node, or its path such as <c>layers.0</c>.</param>
    /// <exception cref="KeyNotFoundException">There is no such submodule.</exception>
    public StateOrganizer Submodule(string path)
    {
        var (node, key) = Locate(path);
        return new(node.Read(node.Tree.Submodules, "submodule", key), Config);
    }

    /// <summary>A view of a node below that was registered under a number.</summary>
    /// <inheritdoc cref="Submodule(string)"/>
    public StateOrganizer Submodule(int key) => Submodule(TreeKey.Of(key));

    /// <summary>Views of the nodes directly below, by their keys; what is written through them is in this node's tree.</summary>
    public TreeDictionary<StateOrganizer> Submodules() => Tree.Submodules.Map((_, node) => new StateOrganizer(node, Config));

    /// <summary>The node itself, with all that was changed through this view.</summary>
    public StructureTree GetState() => Tree;

    /// <summary>The node's params and buffers, and those below, as a new tree; see <see cref="StructureTree.GetUpdate"/>.</summary>
    public StructureTree GetStateUpdate() => Tree.GetUpdate();

    /// <summary>A static value.</summary>
    /// <exception cref="KeyNotFoundException">There is no such value.</exception>
    /// <exception cref="InvalidCastException">The value is of another type.</exception>
    public T Aux<T>(string key) => GetStatic<T>(key);

    /// <summary>A setting.</summary>
    /// <exception cref="KeyNotFoundException">There is no such setting.</exception>
    public object? GetGlobalConfig(string key) => Config[key];

    /// <summary>Changes a setting of this view; a node being built passes its settings on to its parent, whose own win.</summary>
    public void UpdateGlobalConfig(string key, object? value) => Config = Config.With(key, value);

    /// <summary>Changes the settings of this view to those that are given, and keeps the others.</summary>
    public void UpdateGlobalConfig(GlobalConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Config = GlobalConfig.Merge(config, Config);
    }

    /// <summary>Sets <c>train_mode</c>, by which dropout and norms tell training from evaluation.</summary>
    public void SetTrainMode(bool mode) => UpdateGlobalConfig("train_mode", mode);

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
        var other => throw new InvalidCastException($"The static value '{key}' of {Name} is {StaticText.Of(other)}, which is not a {typeof(T).Name}."),
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

    /// <summary>The node that a path leads to, and the key in it.</summary>
    private (StateOrganizer Node, string Key) Locate(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var node = this;
        var start = 0;
        for (var end = path.IndexOf('.', StringComparison.Ordinal); end >= 0; end = path.IndexOf('.', start))
        {
            node = new(node.Read(node.Tree.Submodules, "submodule", path[start..end]), Config);
            start = end + 1;
        }

        return (node, path[start..]);
    }

    private T Read<T>(TreeDictionary<T> values, string kind, string key) => values.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException(
            $"{Name} has no {kind} '{key}'; it has {values.KeySet}. Was it assigned in the constructor, or removed from the tree?");
}
