using Brachy.Trees;

namespace Brachy;

// Members put into a node by hand.
public partial class StateOrganizer
{
    /// <summary>Adds a trained value.</summary>
    /// <exception cref="ArgumentException">The node has a member of that name, or it cannot be a key.</exception>
    public void RegisterParameter(string key, TreeValue value)
    {
        RequireFree(key);
        Tree.Params.Add(key, value);
    }

    /// <summary>Adds a trained value under a number.</summary>
    /// <inheritdoc cref="RegisterParameter(string, TreeValue)"/>
    public void RegisterParameter(int key, TreeValue value) => RegisterParameter(TreeKey.Of(key), value);

    /// <summary>Adds state that is not trained.</summary>
    /// <exception cref="ArgumentException">The node has a member of that name, or it cannot be a key.</exception>
    public void RegisterBuffer(string key, TreeValue value)
    {
        RequireFree(key);
        Tree.Buffers.Add(key, value);
    }

    /// <summary>Adds state that is not trained under a number.</summary>
    /// <inheritdoc cref="RegisterBuffer(string, TreeValue)"/>
    public void RegisterBuffer(int key, TreeValue value) => RegisterBuffer(TreeKey.Of(key), value);

    /// <summary>Adds a static value.</summary>
    /// <exception cref="ArgumentException">The node has a member of that name.</exception>
    public void RegisterAux(string key, object? value)
    {
        RequireFree(key);
        Tree.Aux.Add(key, value);
    }

    /// <summary>Adds a static value under a number.</summary>
    /// <inheritdoc cref="RegisterAux(string, object)"/>
    public void RegisterAux(int key, object? value) => RegisterAux(TreeKey.Of(key), value);

    /// <summary>Puts a static value into this node and all below it, in place of what they have under that name.</summary>
    /// <exception cref="ArgumentException">A node has a param, buffer or submodule of that name; then nothing has changed.</exception>
    public void RecursiveRegisterAux(string key, object? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var nodes = Tree.Nodes().ToArray();
        var taken = Array.Find(
            nodes, n => n.Node.Params.ContainsKey(key) || n.Node.Buffers.ContainsKey(key) || n.Node.Submodules.ContainsKey(key));
        if (taken.Node is not null)
        {
            throw new ArgumentException(
                $"{(taken.Path.Length == 0 ? Name : $"'{taken.Path}'")} has a member '{key}' that is not a static value.", nameof(key));
        }

        Array.ForEach(nodes, n => n.Node.Aux[key] = value);
    }

    /// <summary>Changes a static value that is there.</summary>
    /// <exception cref="KeyNotFoundException">There is no such value.</exception>
    public void SetAux(string key, object? value)
    {
        Read(Tree.Aux, "static value", key);
        Tree.Aux[key] = value;
    }

    /// <summary>
    /// Adds a node below, and takes over its settings where there are none yet: those of this view win over the defaults of the node.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The node has a member of that name, or it cannot be a key; or this node is in the other.
    /// </exception>
    public void RegisterSubmodule(string key, StateOrganizer module)
    {
        ArgumentNullException.ThrowIfNull(module);
        RequireFree(key);
        RequireOutside(module.Tree);
        SetSubmodule(key, module);
    }

    /// <summary>Adds a node below under a number.</summary>
    /// <inheritdoc cref="RegisterSubmodule(string, StateOrganizer)"/>
    public void RegisterSubmodule(int key, StateOrganizer module) => RegisterSubmodule(TreeKey.Of(key), module);

    /// <summary>Adds a node below, given with its settings as <see cref="CreateModule()"/> gives it.</summary>
    /// <inheritdoc cref="RegisterSubmodule(string, StateOrganizer)"/>
    public void RegisterSubmodule(string key, (StructureTree Tree, GlobalConfig Config) module) =>
        RegisterSubmodule(key, new StateOrganizer(module.Tree, module.Config));

    /// <summary>Adds a node below under a number, given with its settings.</summary>
    /// <inheritdoc cref="RegisterSubmodule(string, StateOrganizer)"/>
    public void RegisterSubmodule(int key, (StructureTree Tree, GlobalConfig Config) module) => RegisterSubmodule(TreeKey.Of(key), module);

    /// <summary>Adds a node below that has nothing but an apply function.</summary>
    /// <inheritdoc cref="RegisterSubmodule(string, StateOrganizer)"/>
    public void RegisterSubmodule(string key, ApplyFn apply)
    {
        ArgumentNullException.ThrowIfNull(apply);
        RegisterSubmodule(key, (new StructureTree { ApplyFn = apply }, GlobalConfig.Empty));
    }

    /// <summary>
    /// Adds a node below that computes a function; see
    /// <see cref="StructureTree.FromFunc{TInput, TOutput}(Func{TInput, TOutput}, string)"/>.
    /// </summary>
    /// <inheritdoc cref="RegisterSubmodule(string, StateOrganizer)"/>
    public void RegisterSubmodule<TInput, TOutput>(string key, Func<TInput, TOutput> function) =>
        RegisterSubmodule(key, (StructureTree.FromFunc(function), GlobalConfig.Empty));

    /// <summary>Puts another node in the place of one below, and takes over its settings where there are none yet.</summary>
    /// <exception cref="KeyNotFoundException">There is no such submodule.</exception>
    /// <exception cref="ArgumentException">This node is in the other.</exception>
    public void ReplaceSubmodule(string key, StateOrganizer module)
    {
        ArgumentNullException.ThrowIfNull(module);
        Read(Tree.Submodules, "submodule", key);
        RequireOutside(module.Tree);
        SetSubmodule(key, module);
    }

    /// <summary>
    /// Puts the params, buffers, aux values and functions of another tree into this node and those below, in place of those of the same
    /// name: <see cref="StructureTree.Merge(StructureTree[])"/>, but in place, so that views of the nodes see it.
    /// </summary>
    /// <param name="update">The other tree; it is left as it is.</param>
    /// <exception cref="ArgumentException">A name would stand for two things; then nothing has changed.</exception>
    public void UpdateTree(StructureTree update)
    {
        ArgumentNullException.ThrowIfNull(update);
        TakeOver(Tree, StructureTree.Merge(Tree, update));
    }

    private static void TakeOver(StructureTree node, StructureTree merged)
    {
        (node.Params, node.Buffers, node.Aux, node.ApplyFn) = (merged.Params, merged.Buffers, merged.Aux, merged.ApplyFn);
        foreach (var (key, below) in merged.Submodules)
        {
            if (node.Submodules.TryGetValue(key, out var own))
            {
                TakeOver(own, below);
            }
            else
            {
                node.Submodules.Add(key, below);
            }
        }
    }

    /// <summary>A node below itself would be a tree without end.</summary>
    private void RequireOutside(StructureTree other)
    {
        if (other.Nodes().Any(n => ReferenceEquals(n.Node, Tree)))
        {
            throw new ArgumentException(
                $"{Name} is itself in the module, and cannot also be above it. Register a copy: tree.Copy().", "module");
        }
    }

    private void RequireFree(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (Tree.Params.ContainsKey(key) || Tree.Buffers.ContainsKey(key) || Tree.Aux.ContainsKey(key) || Tree.Submodules.ContainsKey(key))
        {
            throw new ArgumentException($"{Name} has a member '{key}' already.", nameof(key));
        }
    }
}
