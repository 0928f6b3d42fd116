using Brachy;
using Brachy.NN;

namespace Surgery.Recipes;

/// <summary>
/// A linear layer with a low-rank adapter: y = x Wᵀ + b + scale · x Aᵀ Bᵀ. Source: Hu et al., "LoRA: Low-Rank Adaptation of Large
/// Language Models", https://arxiv.org/abs/2106.09685.
/// </summary>
[Module]
public partial class LowRankLinear
{
    /// <summary>The adapted layer.</summary>
    public partial Linear Base { get; set; }

    /// <summary>A, [rank, in_features].</summary>
    [Param]
    public partial Tensor Down { get; set; }

    /// <summary>B, [out_features, rank]; zeros at first, so that the layer computes what its base does.</summary>
    [Param]
    public partial Tensor Up { get; set; }

    /// <summary>The factor of the adapter.</summary>
    [Static]
    public partial double Scale { get; set; }

    /// <summary>An adapter around a layer.</summary>
    /// <param name="layer">The layer to adapt.</param>
    /// <param name="rank">The rank of the change.</param>
    /// <param name="scale">The factor of the change.</param>
    public LowRankLinear(Linear layer, int rank, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(layer);
        Base = layer;
        Down = Init.KaimingUniform([rank, layer.Weight.shape[1]]);
        Up = F.zeros([layer.Weight.shape[0], rank]);
        Scale = scale;
    }

    /// <summary>Input [..., in_features], output [..., out_features].</summary>
    public Tensor Forward(Tensor x) => Base.Call(x) + (Scale * F.linear(F.linear(x, Down), Up));

    /// <summary>A plain layer that computes the same.</summary>
    public StructureTree Merged()
    {
        var merged = Base.Tree.Copy();
        merged.Params["weight"] = Base.Weight + (Scale * Up.matmul(Down));
        return merged;
    }
}
