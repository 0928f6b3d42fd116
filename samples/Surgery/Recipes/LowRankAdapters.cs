using Brachy;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Trees;

namespace Surgery.Recipes;

/// <summary>Fine-tunes a network through low-rank adapters, and merges them back into plain layers.</summary>
public static class LowRankAdapters
{
    /// <summary>The params that are trained.</summary>
    public static readonly PathFilter Trained = (PathFilter)"**.up" | "**.down";

    /// <summary>Puts an adapter around every linear layer whose path matches.</summary>
    public static StructureTree Adapt(StructureTree model, GlobalConfig config, PathFilter layers, int rank)
    {
        var adapted = model;
        foreach (var (path, node) in model.SelectNodes(layers).Where(found => found.Node.Computes(Linear.ApplyFunction)))
        {
            adapted = adapted.At(path).SetNode(new LowRankLinear(Linear.Bind(node, config), rank).Tree);
        }

        return adapted;
    }

    /// <summary>Trains the adapters; all else stays as it is, bit by bit.</summary>
    public static ParamGroups Optimizer(StructureTree adapted, double lr) =>
        ParamGroups.Freeze(adapted, !Trained, parameters => new AdamW(parameters, lr, weightDecay: 0));

    /// <summary>Plain linear layers again, with the adapters in their weights.</summary>
    /// <exception cref="InvalidOperationException">
    /// An adapted weight stands elsewhere, too: it would no longer be the same there.
    /// </exception>
    public static StructureTree Merge(StructureTree adapted, GlobalConfig config)
    {
        var merged = adapted;
        foreach (var (path, node) in adapted.SelectNodes(LowRankLinear.ApplyFunction))
        {
            var places = adapted.Tensors().Where(t => ReferenceEquals(t.Tensor, node["base.weight"].Tensor)).Select(t => t.Path).ToArray();
            if (places.Length > 1)
            {
                throw new InvalidOperationException(
                    $"One weight stands at {string.Join(" and ", places)}; give each its own before: ShareWeight.Unshare.");
            }

            merged = merged.At(path).SetNode(LowRankLinear.Bind(node, config).Merged());
        }

        return merged;
    }
}
