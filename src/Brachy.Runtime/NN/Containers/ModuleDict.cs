using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Brachy.CompilerServices;

namespace Brachy.NN;

/// <summary>
/// Submodules by names, in the order they were added. It computes nothing itself: a module that has one as a partial property calls the
/// elements as it likes.
/// </summary>
/// <typeparam name="TModule">The class of the elements; <see cref="Module{TInput, TOutput}"/> for different ones.</typeparam>
/// <example>
/// <code>
/// public partial ModuleDict&lt;Module&lt;Tensor, Tensor&gt;&gt; Heads { get; set; }
/// …
/// Heads = new() { ["classes"] = new Linear(64, 10), ["boxes"] = new Linear(64, 4) };
/// …
/// return Heads["classes"].Call(x);
/// </code>
/// </example>
public sealed class ModuleDict<TModule> : Module, IModule<ModuleDict<TModule>>, IReadOnlyDictionary<string, TModule>
    where TModule : Module, IModule<TModule>
{
    /// <summary>A dictionary without elements.</summary>
    public ModuleDict()
    {
    }

    /// <summary>A dictionary of modules.</summary>
    /// <exception cref="ArgumentException">A name is empty, has a dot, or is there twice.</exception>
    public ModuleDict(params IEnumerable<KeyValuePair<string, TModule>> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var (name, module) in modules)
        {
            Add(name, module);
        }
    }

    private ModuleDict(ModuleBinding binding)
        : base(binding)
    {
    }

    /// <summary>The number of elements.</summary>
    public int Count => Tree.Submodules.Count;

    /// <summary>The names, in order.</summary>
    public IEnumerable<string> Keys => Tree.Submodules.Keys;

    /// <summary>Views of the elements, in order.</summary>
    public IEnumerable<TModule> Values => Keys.Select(name => this[name]);

    /// <summary>
    /// A view of an element; setting one adds it, or replaces the one of this name in its place. It hides the indexer by paths of params
    /// and buffers: the dictionary itself has none, and <see cref="StateOrganizer.Tree"/> takes their paths.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no such element.</exception>
    public new TModule this[string key]
    {
        get => TryGetValue(key, out var module)
            ? module
            : throw new KeyNotFoundException($"There is no module '{key}'; there are {(Count == 0 ? "none" : string.Join(", ", Keys))}.");
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            SetSubmodule(key, value ?? throw new ArgumentNullException(nameof(value)));
        }
    }

    /// <summary>Views an existing node as a dictionary.</summary>
    public static ModuleDict<TModule> Bind(StructureTree tree, GlobalConfig config) => new(new ModuleBinding(tree, config));

    /// <summary>Adds an element. A dictionary hands its elements' settings on when it is assigned to a property: fill it before.</summary>
    /// <exception cref="ArgumentException">The name is empty, has a dot, or is there already.</exception>
    public void Add(string key, TModule module)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (ContainsKey(key))
        {
            throw new ArgumentException($"There is a module '{key}' already; to replace it, assign to the name.", nameof(key));
        }

        this[key] = module;
    }

    /// <summary>Removes an element.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Remove(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Tree.Submodules.Remove(key);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Tree.Submodules.ContainsKey(key);
    }

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out TModule value)
    {
        ArgumentNullException.ThrowIfNull(key);
        value = Tree.Submodules.TryGetValue(key, out var node) ? TModule.Bind(node, Config) : null;
        return value is not null;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, TModule>> GetEnumerator() =>
        Keys.Select(name => KeyValuePair.Create(name, this[name])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
