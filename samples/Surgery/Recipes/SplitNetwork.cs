using Brachy;
using Brachy.NN;

namespace Surgery.Recipes;

/// <summary>Cuts a network in two that run apart, on two machines, say, or the first once and the second often.</summary>
public static class SplitNetwork
{
    /// <summary>The stem and the first blocks; the other blocks and the head. Both share their tensors with the network.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The network has fewer blocks.</exception>
    public static (StructureTree First, StructureTree Second) Cut(StructureTree model, GlobalConfig config, int blocks)
    {
        var network = Network.Bind(model.Copy(), config);
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks, network.Blocks.Count);
        Module<Tensor, Tensor>[] layers = [network.Stem, .. network.Blocks, network.Head];
        return (new Sequential(layers[..(1 + blocks)]).Tree, new Sequential(layers[(1 + blocks)..]).Tree);
    }

    /// <summary>The halves as one network again, with the weights they have now.</summary>
    public static StructureTree Join(StructureTree first, StructureTree second, GlobalConfig config)
    {
        Module<Tensor, Tensor>[] layers = [.. Sequential.Bind(first.Copy(), config), .. Sequential.Bind(second.Copy(), config)];
        return new Sequential(layers).Tree;
    }
}
