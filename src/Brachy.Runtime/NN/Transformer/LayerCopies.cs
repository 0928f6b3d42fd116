using Brachy.CompilerServices;

namespace Brachy.NN;

/// <summary>Stacks of layers that start alike.</summary>
internal static class LayerCopies
{
    /// <summary>
    /// A list of copies of a layer: weights of their own with the same values, as in PyTorch, and random keys of their own.
    /// </summary>
    public static ModuleList<TLayer> Of<TLayer>(TLayer layer, int count)
        where TLayer : Module, IModule<TLayer>
    {
        ArgumentNullException.ThrowIfNull(layer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var copies = new ModuleList<TLayer>();
        for (var i = 0; i < count; i++)
        {
            copies.Add(TLayer.Bind(Copy(layer.Tree), layer.Config));
        }

        return copies;
    }

    private static StructureTree Copy(StructureTree tree)
    {
        tree = tree.MapParamsBuffers((_, tensor) => tensor.clone());
        foreach (var (_, node) in tree.Nodes())
        {
            foreach (var key in (node.ApplyFn?.RandomKeys ?? []).Where(key => node.Buffers.TryGetValue(key, out var held) && held.IsTensor))
            {
                node.Buffers[key] = Rng.NextKey().Tensor;
            }
        }

        return tree;
    }
}
