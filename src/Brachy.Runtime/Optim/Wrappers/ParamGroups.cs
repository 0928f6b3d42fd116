using System.Globalization;
using Brachy.Trees;

namespace Brachy.Optim;

/// <summary>
/// An optimizer for each part of a model. Each sees a tree of its own params and their gradients only; the loss is run once
/// for all. The optimizers are the submodules "0", "1", …, so that <c>"0.lr"</c> is the learning rate of the first.
/// </summary>
/// <remarks>
/// A wrapper that looks at all gradients at once, such as one that clips by their norm, can go around the groups, where it
/// sees (and compiled code computes) the gradients of frozen params too, or into each group, where it sees those of the
/// group.
/// </remarks>
/// <example>
/// <code>
/// var (opt, config) = new ParamGroups(model,
///     ("encoder.**", _ => new Frozen()),
///     ("**.bias", m => new AdamW(m, weightDecay: 0)),
///     ("**", m => new AdamW(m)));
/// </code>
/// </example>
[Module]
public partial class ParamGroups
{
    /// <summary>
    /// Which params belong to each group. The first filter that matches decides; a shared param belongs with any of its paths.
    /// </summary>
    [Static]
    public partial PathFilter[] Filters { get; set; }

    /// <summary>Optimizers for the parts of a model.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="groups">
    /// For each part which params it has, see <see cref="PathFilter"/>, and its optimizer, made from a tree of these params. The
    /// first filter that matches a param decides; end with <c>"**"</c> for all others, which may be none.
    /// </param>
    /// <exception cref="ArgumentException">
    /// A param is in no group, a filter matches no param, or earlier groups have all that it matches.
    /// </exception>
    public ParamGroups(
        StructureTree model,
        params ReadOnlySpan<(
            PathFilter Filter,
            Func<StructureTree, Module<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree>> Optimizer)> groups)
    {
        ArgumentNullException.ThrowIfNull(model);
        Filters = new PathFilter[groups.Length];
        for (var i = 0; i < groups.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(groups[i].Filter, nameof(groups));
            ArgumentNullException.ThrowIfNull(groups[i].Optimizer, nameof(groups));
            Filters[i] = groups[i].Filter;
        }

        var parameters = model.GetParams();
        RequireUse(parameters);
        var assigned = GroupOf(parameters);
        RequireParams(assigned);
        for (var i = 0; i < groups.Length; i++)
        {
            SetSubmodule(Name(i), groups[i].Optimizer(Part(parameters, assigned, i)));
        }
    }

    /// <summary>Some params stay as they are; an optimizer has the rest.</summary>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="frozen">The params that stay as they are.</param>
    /// <param name="optimizer">Makes the optimizer, group 1, from a tree of the other params.</param>
    /// <exception cref="ArgumentException"><paramref name="frozen"/> matches no param.</exception>
    public static ParamGroups Freeze(
        StructureTree model, PathFilter frozen,
        Func<StructureTree, Module<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree>> optimizer) =>
        new(model, (frozen, _ => new Frozen()), (PathFilter.All, optimizer));

    /// <summary>One step of each optimizer.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the run, with updated params.</returns>
    /// <exception cref="ArgumentException">
    /// A param is in no group; or the params are not those that the optimizers were made for.
    /// </exception>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        var parameters = model.GetParams();
        var assigned = GroupOf(parameters);
        var (ran, grads, loss) = lossAndGrad(model);
        var updated = new Dictionary<string, Tensor>();
        for (var group = 0; group < Filters.Length; group++)
        {
            var i = group;
            var (part, partGrads) = (Part(parameters, assigned, i), Part(grads, assigned, i));
            var optimizer = Module<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree>.Bind(Tree.Submodules[Name(i)], Config);
            var result = optimizer.Call((
                (current, lossScale) => lossScale is null && IsSame(current, part) ? (part, partGrads, loss) : Rerun(current, lossScale, i),
                part));
            foreach (var (path, tensor) in result.Tensors())
            {
                updated[path] = tensor;
            }
        }

        return ran.WithParams(parameters.MapParamsBuffers((path, _) => updated.TryGetValue(path, out var tensor)
            ? tensor
            : throw new ArgumentException($"The optimizer of group {assigned[path]} gave no param '{path}'.")));

        // An optimizer that asks for the gradients at another point or scale has a run to itself; its buffers are not kept.
        (StructureTree Part, StructureTree Grads, Tensor Loss) Rerun(StructureTree current, Tensor? lossScale, int group)
        {
            var values = TreePath.ByPath(current);
            var (_, all, value) = lossAndGrad(
                model.WithParams(parameters.MapParamsBuffers((path, old) => values.GetValueOrDefault(path, old))), lossScale);
            return (current, Part(all, assigned, group), value);
        }
    }

    private static string Name(int group) => group.ToString(CultureInfo.InvariantCulture);

    private static StructureTree Part(StructureTree parameters, Dictionary<string, int> assigned, int group) =>
        PathSelection.Only(parameters, path => assigned.TryGetValue(path, out var own) && own == group);

    private static bool IsSame(StructureTree left, StructureTree right) =>
        left.Tensors().Select(t => t.Tensor).SequenceEqual(right.Tensors().Select(t => t.Tensor), ReferenceEqualityComparer.Instance);

    private Dictionary<string, int> GroupOf(StructureTree parameters)
    {
        var result = new Dictionary<string, int>();
        foreach (var places in parameters.Tensors().GroupBy(t => t.Tensor, t => t.Path, ReferenceEqualityComparer.Instance))
        {
            var tensor = (Tensor)places.Key!;
            var group = Array.FindIndex(Filters, filter => places.Any(path => filter.Matches(path, tensor)));
            if (group < 0)
            {
                throw new ArgumentException(
                    $"The param '{places.First()}' is in no group; the groups are {string.Join(", ", Filters.AsEnumerable())}. End with a "
                    + "group (\"**\", …) for all others.");
            }

            foreach (var path in places)
            {
                result.Add(path, group);
            }
        }

        return result;
    }

    /// <summary>A group that earlier ones leave nothing for is out of order, except one for all others.</summary>
    private void RequireParams(Dictionary<string, int> assigned)
    {
        for (var i = 0; i < Filters.Length && assigned.Count > 0; i++)
        {
            if (!assigned.ContainsValue(i) && !(i == Filters.Length - 1 && Filters[i] == PathFilter.All))
            {
                throw new ArgumentException(
                    $"Group {i}, {Filters[i]}, gets no param: earlier groups have all that it matches. Put it before them.");
            }
        }
    }

    /// <summary>A filter that matches nothing at all is misspelt, except in a model without params.</summary>
    private void RequireUse(StructureTree parameters)
    {
        var all = parameters.Tensors().ToArray();
        var idle = all.Length == 0 ? -1 : Array.FindIndex(Filters, filter => !Array.Exists(all, t => filter.Matches(t.Path, t.Tensor)));
        if (idle >= 0)
        {
            throw new ArgumentException(
                $"Group {idle}, {Filters[idle]}, matches no param; the params are {string.Join(", ", all.Select(t => t.Path))}.");
        }
    }
}
