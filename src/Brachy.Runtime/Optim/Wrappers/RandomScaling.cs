namespace Brachy.Optim;

/// <summary>How <see cref="RandomScaling"/> draws its factors.</summary>
public enum RandomScale
{
    /// <summary>
    /// Evenly from [0, 1): the model is a random point between the last two iterates of the inner optimizer, which go on
    /// undisturbed. Source: Cutkosky, Mehta and Orabona, "Optimal Stochastic Non-smooth Non-convex Optimization through
    /// Online-to-Non-convex Conversion", 2023.
    /// </summary>
    Uniform,

    /// <summary>
    /// From the exponential distribution of mean 1: each update is multiplied by the factor. Source: Zhang and Cutkosky,
    /// "Random Scaling and Momentum for Non-smooth Non-convex Optimization", 2024.
    /// </summary>
    Exponential,
}

/// <summary>
/// Scales each update of an optimizer by a random factor s, the same for all params: new = old + s * (updated - old). See
/// <see cref="RandomScale"/> for the two kinds. The key is a buffer, so that a compiled step draws a new factor every time.
/// </summary>
/// <remarks>
/// With <see cref="RandomScale.Uniform"/> gradients are taken at the model handed out, while the inner optimizer moves
/// iterates of its own: <see cref="TrueModel"/> gives the model at the latest. Params that are set by hand take effect only
/// when they are set in <see cref="TrueIterate"/> too.
/// </remarks>
[Module]
public partial class RandomScaling
{
    /// <summary>How factors are drawn.</summary>
    [Static]
    public partial RandomScale Distribution { get; set; }

    /// <summary>Where the next factor comes from.</summary>
    [Buffer]
    public partial RngKey Key { get; set; }

    /// <summary>The params as the inner optimizer left them, a tree of the model's params; empty for exponential factors.</summary>
    [Buffer]
    public partial StructureTree TrueIterate { get; set; }

    /// <summary>The optimizer whose updates are scaled.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>An optimizer with random factors.</summary>
    /// <param name="inner">The optimizer whose updates are scaled.</param>
    /// <param name="model">The model; its params are the first iterate.</param>
    /// <param name="distribution">How factors are drawn.</param>
    /// <param name="key">Where factors come from; <see cref="Rng.NextKey"/> by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such distribution.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public RandomScaling(AnyOptimizer inner, StructureTree model, RandomScale distribution = RandomScale.Uniform, RngKey? key = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(model);
        if (!Enum.IsDefined(distribution))
        {
            throw new ArgumentOutOfRangeException(nameof(distribution), distribution, "There is no such distribution.");
        }

        Distribution = distribution;
        Key = key ?? Rng.NextKey();
        TrueIterate = distribution == RandomScale.Uniform ? model.GetParams().MapParamsBuffers((_, p) => F.clone(p)) : new StructureTree();
        Inner = inner;
    }

    /// <summary>The model with the params that the inner optimizer left, without a random factor.</summary>
    /// <remarks>
    /// It shares tensors with the two trees: a next step that takes them over, see <see cref="DonateAttribute"/>, ends its
    /// use. Clone what is kept longer.
    /// </remarks>
    /// <param name="optimizer">The tree of this optimizer, or of one around it, such as <see cref="ParamGroups"/> of several.</param>
    /// <param name="model">The model; what no random scaling trains is kept.</param>
    /// <exception cref="ArgumentException">There is no random scaling in the optimizer, or it is of another model.</exception>
    public static StructureTree TrueModel(StructureTree optimizer, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var iterates = Optimizer.FindNodes(optimizer, ApplyFunction)
            .SelectMany(node => node.Buffers["true_iterate"].Tree.DistinctTensors()).ToDictionary(t => t.Path, t => t.Tensor);
        var truth = model.WithParams(model.GetParams().MapParamsBuffers((path, p) => iterates.Remove(path, out var iterate) ? iterate : p));
        return iterates.Count == 0 ? truth : throw new ArgumentException(
            $"The optimizer is of another model: it has '{iterates.Keys.First()}', which is no param of this one.", nameof(optimizer));
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the run, with randomly scaled updates.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        var handed = model.GetParams();
        var isUniform = Distribution == RandomScale.Uniform;
        var start = isUniform ? TrueIterate : handed;
        var updated = Inner.Call((isUniform ? Shifted(lossAndGrad, start, handed) : lossAndGrad, model.WithParams(start)));

        var keys = Rng.Split(Key);
        Key = keys[0];
        var drawn = Rng.Uniform([], DType.Float32, keys[1]);
        var factor = isUniform ? drawn : -F.log1p(-drawn);
        var end = updated.GetParams();
        if (isUniform)
        {
            TrueIterate = end;
        }

        var scaled = TreePairing.Combine(
            (to, from) => to.dtype.IsFloatingPoint() ? from[0] + (factor.to(to.dtype) * (to - from[0])) : F.clone(to), end, start);
        return updated.WithParams(scaled);
    }

    /// <summary>Takes gradients at one point for an optimizer that stands at another.</summary>
    private static LossAndGrad Shifted(LossAndGrad lossAndGrad, StructureTree from, StructureTree to) => (current, lossScale) =>
    {
        var shifted = TreePairing.CombineInScope(
            (p, ends) => ReferenceEquals(p, ends[0]) || !p.dtype.IsFloatingPoint() ? ends[1] : p + (ends[1] - ends[0]), current.GetParams(),
            from, to);
        return lossAndGrad(current.WithParams(shifted), lossScale);
    };
}
