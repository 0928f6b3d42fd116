using Brachy;
using Brachy.NN;

namespace Surgery.Recipes;

/// <summary>Makes a trained network deeper; it computes the same until it is trained on.</summary>
public static class InsertLayer
{
    /// <summary>A residual block more, at a position of the list.</summary>
    public static StructureTree InList(StructureTree model, GlobalConfig config, int position, int width)
    {
        var block = new Block(width);
        block.Contract.Weight = F.zeros_like(block.Contract.Weight);
        block.Contract.Bias = F.zeros_like(block.Contract.Bias!);

        var deeper = model.Copy();
        Network.Bind(deeper, config).Blocks.Insert(position, block);
        return deeper;
    }

    /// <summary>A layer in front of any node: the node's place gets a chain of the two.</summary>
    public static StructureTree Before(StructureTree model, GlobalConfig config, string path, Module<Tensor, Tensor> layer) =>
        model.At(path).UpdateNode(node => new Sequential(layer, Module<Tensor, Tensor>.Bind(node, config)).Tree);

    /// <summary>A linear layer that passes its input on.</summary>
    public static Linear PassThrough(int width) => new(width, width) { Weight = F.eye(width), Bias = F.zeros([width]) };
}
