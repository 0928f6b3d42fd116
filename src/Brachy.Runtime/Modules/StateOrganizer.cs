using System.ComponentModel;
using Brachy.CompilerServices;
using Brachy.Trees;

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
/// A function that builds a tree with random values takes an <see cref="RngKey"/>, and begins with <c>using var rng = Rng.Scope(key);</c>:
/// the modules it makes draw from that key, whatever happens outside.
/// </remarks>
public partial class StateOrganizer : ITraced
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
    /// A param or buffer of this node, or of one below by its path such as <c>layers.0.weight</c>, or an item of a list or dictionary in
    /// one. Only those that are there can be written; new ones are registered.
    /// </summary>
    /// <param name="path">Its key or path.</param>
    /// <exception cref="KeyNotFoundException">There is neither a param nor a buffer of that name, or no such submodule.</exception>
    public TreeValue this[string path]
    {
        get
        {
            var (node, key) = Locate(path);
            return node.Member(key).Value;
        }
        set
        {
            var (node, key) = Locate(path);
            var place = node.Member(key);
            TreePath.Assign(place.Holder, place.Key, value, path, asBuffer: false);
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
    protected TreeValue GetParam(string key) => Present(Read(Tree.Params, "param", key), "param", key);

    /// <summary>Reads a param that need not be there.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue FindParam(string key) => Tree.Params.TryGetValue(key, out var value) ? value : TreeValue.None;

    /// <summary>Reads a param that is there, but may be <see cref="TreeValue.None"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue GetParamOrNone(string key) => Read(Tree.Params, "param", key);

    /// <summary>Writes a param.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetParam(string key, TreeValue value) => Tree.Params[key] = value;

    /// <summary>Reads a buffer.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue GetBuffer(string key) => Present(Read(Tree.Buffers, "buffer", key), "buffer", key);

    /// <summary>Reads a buffer that need not be there.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue FindBuffer(string key) => Tree.Buffers.TryGetValue(key, out var value) ? value : TreeValue.None;

    /// <summary>Reads a buffer that is there, but may be <see cref="TreeValue.None"/>.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TreeValue GetBufferOrNone(string key) => Read(Tree.Buffers, "buffer", key);

    /// <summary>Writes a buffer.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetBuffer(string key, TreeValue value) => Tree.Buffers[key] = value;

    /// <summary>Reads a static value.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T GetStatic<T>(string key) => Read(Tree.Aux, "static value", key) switch
    {
        T value => value,
        null when default(T) is null => default!,
        var other => throw new InvalidCastException(
            $"The static value '{key}' of {Name} is {StaticText.Of(other)}, which is no {TypeText.Of(typeof(T))}."),
    };

    /// <summary>Reads a static value that need not be there.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T? FindStatic<T>(string key) => Tree.Aux.ContainsKey(key) ? GetStatic<T>(key) : default;

    /// <summary>Writes a static value.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected void SetStatic<T>(string key, T value) => Tree.Aux[key] = value;

    /// <summary>Views a submodule; the view is kept while it is of the same node.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TModule GetSubmodule<TModule>(string key, ref TModule? view)
        where TModule : StateOrganizer, IModule<TModule>
    {
        var node = Read(Tree.Submodules, "submodule", key);
        if (view is null || !ReferenceEquals(view.Tree, node) || !ReferenceEquals(view.Config, Config))
        {
            view = TModule.Bind(node, Config);
        }

        return view;
    }

    /// <summary>Views a submodule that need not be there.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected TModule? FindSubmodule<TModule>(string key, ref TModule? view)
        where TModule : StateOrganizer, IModule<TModule> => Tree.Submodules.ContainsKey(key) ? GetSubmodule(key, ref view) : null;

    /// <summary>
    /// Views a submodule of a class that makes views by a method of its own; the view is kept while it is of the same node.
    /// </summary>
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

    /// <summary>Views a submodule that need not be there, of a class that makes views by a method of its own.</summary>
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

        Tree.Submodules[key] = Tree.Separated(value.Tree, key);
        Config = GlobalConfig.Merge(Config, value.Config);
    }

    /// <summary>Reads a setting.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected T GetConfig<T>(string key, T defaultValue) => Config.Get(key, defaultValue);

    private protected void AdoptConfig(GlobalConfig config) => Config = config;

    private string Name => Tree.ApplyFn?.Name ?? "this node";

    /// <summary>The last node on a path, and the rest of the path in it.</summary>
    private (StateOrganizer Node, string Key) Locate(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var (node, start) = (Tree, 0);
        for (var end = path.IndexOf('.', StringComparison.Ordinal); end >= 0; end = path.IndexOf('.', start))
        {
            if (!node.Submodules.TryGetValue(path[start..end], out var below))
            {
                break;
            }

            (node, start) = (below, end + 1);
        }

        return (ReferenceEquals(node, Tree) ? this : new(node, Config), path[start..]);
    }

    private T Read<T>(TreeDictionary<T> values, string kind, string key) => values.TryGetValue(key, out var value)
        ? value
        : throw new KeyNotFoundException(
            $"{Name} has no {kind} '{key}'; it has {values.KeySet}. It was never assigned or registered, or is no longer in the tree.");

    /// <summary>A param or buffer, or an item of the list or dictionary that one holds.</summary>
    private TreePath.Place Member(string path)
    {
        var found = TreePath.TryFind(Tree, path, out var place);
        if (found && !Tree.Submodules.ContainsKey(path))
        {
            return place;
        }

        var dot = path.IndexOf('.', StringComparison.Ordinal);
        if (dot >= 0 && !Tree.Params.ContainsKey(path[..dot]) && !Tree.Buffers.ContainsKey(path[..dot]))
        {
            Read(Tree.Submodules, "submodule", path[..dot]);
        }

        throw new KeyNotFoundException(found
            ? $"'{path}' of {Name} is a submodule, not a param or buffer: write Submodule(\"{path}\")."
            : $"{Name} has no param or buffer '{path}'; it has the params {Tree.Params.KeySet} and the buffers {Tree.Buffers.KeySet}. " +
                "It was never assigned or registered, or is no longer in the tree.");
    }

    /// <summary>What a property holds whose type does not allow for nothing.</summary>
    private TreeValue Present(TreeValue value, string kind, string key) => !value.IsNone ? value : throw new MissingValueException(
        $"The {kind} '{key}' of {Name} is None, but the module needs it. If the tree is one part of a Partition, put it together with the "
        + "other before the " +
        "call: StructureTree.Combine(selected, others).");
}
