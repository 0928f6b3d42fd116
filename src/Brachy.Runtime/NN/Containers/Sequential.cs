using System.Collections;

namespace Brachy.NN;

/// <summary>Applies layers one after the other; without layers, gives its input. The submodules are named "0", "1", …</summary>
[Module]
public partial class Sequential : IReadOnlyList<Module<Tensor, Tensor>>
{
    /// <summary>A chain of layers.</summary>
    /// <param name="layers">Modules from one tensor to one tensor.</param>
    public Sequential(params ReadOnlySpan<Module<Tensor, Tensor>> layers)
    {
        foreach (var layer in layers)
        {
            Add(layer);
        }
    }

    /// <summary>The number of layers.</summary>
    public int Count => Tree.Submodules.Count;

    /// <summary>A view of a layer, in the order of the node's submodules. Takes <c>^1</c> for the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public Module<Tensor, Tensor> this[int index]
    {
        get => Module<Tensor, Tensor>.Bind(Tree.Submodules[NumberedSubmodules.Key(Tree, index)], Config);
        set => SetSubmodule(NumberedSubmodules.Key(Tree, index), value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>
    /// Appends a layer; the others are renumbered if some were taken out of the node. A chain hands its layers' settings on when it is
    /// assigned to a property: fill it before.
    /// </summary>
    public void Add(Module<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        SetSubmodule(NumberedSubmodules.Next(Tree), layer);
    }

    /// <summary>Inserts a layer; those from its position on are renumbered. The settings that it brings along join the view's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position is negative, or beyond the end.</exception>
    public void Insert(int index, Module<Tensor, Tensor> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        NumberedSubmodules.Insert(Tree, index, layer.Tree);
        SetSubmodule(NumberedSubmodules.Name(index), layer);
    }

    /// <summary>Removes a layer; those after it are renumbered.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layer.</exception>
    public void RemoveAt(int index) => NumberedSubmodules.RemoveAt(Tree, index);

    /// <summary>Applies the layers in order.</summary>
    public Tensor Forward(Tensor x)
    {
        foreach (var layer in this)
        {
            x = layer.Call(x);
        }

        return x;
    }

    /// <inheritdoc/>
    public IEnumerator<Module<Tensor, Tensor>> GetEnumerator()
    {
        foreach (var (_, layer) in Tree.Submodules)
        {
            yield return Module<Tensor, Tensor>.Bind(layer, Config);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
