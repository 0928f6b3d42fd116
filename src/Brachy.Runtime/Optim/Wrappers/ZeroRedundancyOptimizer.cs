using System.Globalization;
using Brachy.Trees;

namespace Brachy.Optim;

/// <summary>
/// Trains as <see cref="DataParallel"/> does, but each rank keeps the optimizer's state of, and updates, only its slice of each param: with
/// n ranks the state takes 1/n of the memory, and the update 1/n of the time. Ranks exchange sums of slices of gradients and slices of
/// new params, as much as for means of gradients. Source: Rajbhandari et al., "ZeRO", arXiv:1910.02054, stage 1.
/// </summary>
/// <remarks>
/// <para>The optimizer works on flat slices with the paths of the params, so that groups by path, clipping by norm and loss scaling belong
/// inside and see all gradients; what depends on shapes of params does not.</para>
/// <para><see cref="Gather"/> gives the optimizer with whole state, for a checkpoint that any number of ranks can read; <see cref="Slice"/>
/// takes this rank's slices of such a one. All ranks call them.</para>
/// </remarks>
/// <example>
/// <code>
/// var (opt, config) = new ZeroRedundancyOptimizer(model, slices => new ClipGradNorm(new AdamW(slices), maxNorm: 1));
/// </code>
/// </example>
[Module]
public partial class ZeroRedundancyOptimizer
{
    // Which state of whole was gathered from slices: a number beside it may have the shape of a param.
    private const string GatheredKey = "gathered";

    /// <summary>Says to <see cref="Optimizer"/> that it combines gradients itself.</summary>
    [Static]
    public partial bool CombinesRanks { get; set; }

    /// <summary>The paths of the params.</summary>
    [Static]
    public partial string[] Paths { get; set; }

    /// <summary>The sizes of the params, joined by commas, in the order of <see cref="Paths"/>.</summary>
    [Static]
    public partial string[] Shapes { get; set; }

    /// <summary>The optimizer of this rank's slices.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>An optimizer whose state is spread over the ranks.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="inner">
    /// Makes the optimizer of a rank's slices: of a tree that has, in place of each param, this rank's slice of it, [length].
    /// </param>
    /// <exception cref="ArgumentException">The optimizer needs whole params, as L-BFGS does.</exception>
    public ZeroRedundancyOptimizer(StructureTree model, Func<StructureTree, AnyOptimizer> inner)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(inner);
        var places = model.GetParams().Tensors().ToArray();
        CombinesRanks = true;
        Paths = [.. places.Select(place => place.Path)];
        Shapes = [.. places.Select(place => string.Join(',', place.Tensor.shape))];
        Inner = inner(model.GetParams().MapParamsBuffers((_, p) => RankSlices.Own(p)));
        foreach (var (path, node) in Inner.Tree.Nodes())
        {
            if (node.ApplyFn?.Name.Contains(nameof(LBFGS), StringComparison.Ordinal) == true)
            {
                throw new ArgumentException(
                    $"'{path}' is {node.ApplyFn.Name}, which needs all params at once; use DataParallel.", nameof(inner));
            }
        }

        Inner.Tree.Aux[StructureTree.OfRankKey] = true;
    }

    /// <summary>The optimizer with the state of all ranks in the shapes of the params, equal on all ranks. All ranks call it.</summary>
    /// <param name="optimizer">A tree with such an optimizer somewhere.</param>
    public static StructureTree Gather(StructureTree optimizer) => Map(optimizer, isGathered: true);

    /// <summary>
    /// The optimizer with this rank's slices of the state, of one with whole state. The number of ranks may be another now.
    /// </summary>
    /// <param name="optimizer">A tree with such an optimizer somewhere, as <see cref="Gather"/> gives it.</param>
    public static StructureTree Slice(StructureTree optimizer) => Map(optimizer, isGathered: false);

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model on the rank's share of the batch and gives the gradients.</param>
    /// <param name="model">The model, equal on all ranks.</param>
    /// <returns>The model with updated params, equal on all ranks.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        if (Inner.Tree.Aux.TryGetValue(StructureTree.OfRankKey, out var isOfRank) && isOfRank is false)
        {
            throw new InvalidOperationException(
                "The optimizer has whole state, as ZeroRedundancyOptimizer.Gather gives it for a file; call ZeroRedundancyOptimizer.Slice "
                + "for this rank's slices of it.");
        }

        var parameters = model.GetParams();
        var slices = parameters.MapInScope((_, p) => RankSlices.Own(p));
        var updated = RankSlices.Use(() => Inner.Call(((current, lossScale) =>
        {
            var whole = IsSame(current.GetParams(), slices) ? model : model.WithParams(WholeOf(current.GetParams(), parameters));
            var (ran, grads, loss) = RankSlices.Suspend(() => RankGradients.OfRank(lossAndGrad, whole, lossScale));
            return (
                RankMeans.OfBuffers(model, ran).WithParams(current.GetParams()),
                grads.MapInScope((_, g) => RankMeans.IsMean(g) || !g.dtype.IsFloatingPoint() ? RankSlices.Own(g) : RankSlices.OwnOfMean(g)),
                RankMeans.Of(loss));
        }, model.WithParams(slices))));
        return updated.WithParams(WholeOf(updated.GetParams(), parameters));
    }

    private static StructureTree WholeOf(StructureTree slices, StructureTree parameters) =>
        TreePairing.Combine((slice, whole) => RankSlices.Whole(slice, whole[0].shape), slices, parameters);

    private static bool IsSame(StructureTree left, StructureTree right) =>
        left.Tensors().Select(t => t.Tensor).SequenceEqual(right.Tensors().Select(t => t.Tensor), ReferenceEqualityComparer.Instance);

    private static StructureTree Map(StructureTree optimizer, bool isGathered)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var found = false;
        var result = optimizer.Map((_, node) =>
        {
            found |= node.Aux.ContainsKey("combines_ranks") && node.Aux.ContainsKey("shapes");
            return node.CopyToLeaf();
        });
        foreach (var (_, node) in result.Nodes().Where(n => n.Node.Aux.ContainsKey("combines_ranks") && n.Node.Aux.ContainsKey("shapes")))
        {
            var (paths, shapes) = ((string[])node.Aux["paths"]!, (string[])node.Aux["shapes"]!);
            var inner = node.Submodules["inner"];
            var isWhole = inner.Aux[StructureTree.OfRankKey] is false;
            if (isWhole != isGathered)
            {
                var gathered = isGathered ? [] : ((string[])inner.Aux[GatheredKey]!).ToHashSet();
                inner = inner.MapParamsBuffers((path, tensor) => ShapeOf(path, paths, shapes) is not { } shape ? tensor
                    : !isGathered ? (gathered.Contains(path) ? RankSlices.Own(tensor) : tensor)
                    : IsSlice(tensor, shape) && gathered.Add(path) ? RankSlices.Whole(tensor, shape) : tensor);
                inner.Aux.Remove(GatheredKey);
                inner.Aux[StructureTree.OfRankKey] = !isGathered;
                if (isGathered)
                {
                    inner.Aux[GatheredKey] = gathered.Order(StringComparer.Ordinal).ToArray();
                }

                node.Submodules["inner"] = inner;
            }
        }

        return found ? result : throw new ArgumentException("The tree has no ZeroRedundancyOptimizer.", nameof(optimizer));
    }

    /// <summary>The shape of the param that state is of: its path ends with that of the param.</summary>
    private static Shape? ShapeOf(string path, string[] paths, string[] shapes)
    {
        var longest = -1;
        for (var i = 0; i < paths.Length; i++)
        {
            if ((path == paths[i] || path.EndsWith($".{paths[i]}", StringComparison.Ordinal))
                && (longest < 0 || paths[i].Length > paths[longest].Length))
            {
                longest = i;
            }
        }

        return longest < 0 ? (Shape?)null : Array.ConvertAll(
            shapes[longest].Split(',', StringSplitOptions.RemoveEmptyEntries), size => long.Parse(size, CultureInfo.InvariantCulture));
    }

    private static bool IsSlice(Tensor tensor, Shape shape) => tensor.ndim == 1 && tensor.shape[0] == RankSlices.LengthOf(shape);
}
