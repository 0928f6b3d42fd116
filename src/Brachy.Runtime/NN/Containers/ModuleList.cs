using System.Collections;
using Brachy.CompilerServices;

namespace Brachy.NN;

/// <summary>
/// A list of submodules named "0", "1", … It computes nothing itself: a module that has one as a partial property calls the
/// elements as it likes.
/// </summary>
/// <typeparam name="TModule">The class of the elements; <see cref="Module{TInput, TOutput}"/> for a list of different ones.</typeparam>
/// <example>
/// <code>
/// public partial ModuleList&lt;Block&gt; Blocks { get; set; }
/// …
/// foreach (var block in Blocks)
/// {
///     x = block.Call(x, mask);
/// }
/// </code>
/// </example>
public sealed class ModuleList<TModule> : Module, IModule<ModuleList<TModule>>, IReadOnlyList<TModule>
    where TModule : Module, IModule<TModule>
{
    /// <summary>A list of modules.</summary>
    public ModuleList(params ReadOnlySpan<TModule> modules)
    {
        foreach (var module in modules)
        {
            Add(module);
        }
    }

    private ModuleList(ModuleBinding binding)
        : base(binding)
    {
    }

    /// <summary>The number of elements.</summary>
    public int Count => Tree.Submodules.Count;

    /// <summary>A view of an element, in the order of the node's submodules. Takes <c>^1</c> for the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public TModule this[int index]
    {
        get => TModule.Bind(Tree.Submodules[NumberedSubmodules.Key(Tree, index)], Config);
        set => SetSubmodule(NumberedSubmodules.Key(Tree, index), value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>Views an existing node as a list.</summary>
    public static ModuleList<TModule> Bind(StructureTree tree, GlobalConfig config) => new(new ModuleBinding(tree, config));

    /// <summary>
    /// Appends an element; the others are renumbered if some were taken out of the node. A list hands its elements' settings on when it is
    /// assigned to a property: fill it before.
    /// </summary>
    public void Add(TModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        SetSubmodule(NumberedSubmodules.Next(Tree), module);
    }

    /// <summary>Inserts an element; those from its position on are renumbered. The settings that it brings along join the view's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative, or beyond the end.</exception>
    public void Insert(int index, TModule module)
    {
        ArgumentNullException.ThrowIfNull(module);
        NumberedSubmodules.Insert(Tree, index, module.Tree);
        SetSubmodule(NumberedSubmodules.Name(index), module);
    }

    /// <summary>Removes an element; those after it are renumbered.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such element.</exception>
    public void RemoveAt(int index) => NumberedSubmodules.RemoveAt(Tree, index);

    /// <inheritdoc/>
    public IEnumerator<TModule> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
