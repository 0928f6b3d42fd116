using Brachy.Trees;

namespace Brachy.Optim;

/// <summary>
/// Keeps a running average of the params that an optimizer gives, average = decay * average + (1 - decay) * params, which
/// often generalises better; <see cref="AveragedModel"/> gives the model with it. Training itself is not changed.
/// </summary>
/// <remarks>
/// Each call is a step. Around <see cref="GradientAccumulation"/> each micro-batch enters the average, and around
/// <see cref="LossScaling"/> each skipped step too; inside only what the optimizer does.
/// </remarks>
[Module]
public partial class ExponentialMovingAverage
{
    /// <summary>How much of the average stays at each step, a single number.</summary>
    [Param]
    public partial Tensor Decay { get; set; }

    /// <summary>Whether the average starts at zero and is divided by the weight it has gathered, as Adam's moments are.</summary>
    [Static]
    public partial bool BiasCorrection { get; set; }

    /// <summary>Whether the decay of step t = 0, 1, … is limited to (1 + t) / (10 + t), so that early params are soon forgotten.</summary>
    [Static]
    public partial bool Warmup { get; set; }

    /// <summary>The number of steps taken, int64.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>The product of all decays so far: the weight of what the average started with.</summary>
    [Buffer]
    public partial Tensor DecayProduct { get; set; }

    /// <summary>
    /// The average: a dictionary from the paths of floating-point params, and of buffers if wanted, to tensors of at least float32.
    /// </summary>
    [Buffer]
    public partial TreeValue Average { get; set; }

    /// <summary>The optimizer that trains.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>An optimizer that keeps an average.</summary>
    /// <param name="inner">The optimizer that trains.</param>
    /// <param name="model">The model.</param>
    /// <param name="decay">How much of the average stays at each step.</param>
    /// <param name="biasCorrection">
    /// Whether the average starts at zero and is corrected for it, instead of starting at the model's params.
    /// </param>
    /// <param name="warmup">Whether the decay grows from 0.1 in the first steps.</param>
    /// <param name="averageBuffers">Whether floating-point buffers, such as running statistics, are averaged too.</param>
    /// <exception cref="ArgumentOutOfRangeException">The decay is not in [0, 1).</exception>
    public ExponentialMovingAverage(
        AnyOptimizer inner, StructureTree model, double decay = 0.999, bool biasCorrection = false, bool warmup = false,
        bool averageBuffers = false)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(model);
        Hyperparameter.RequireFraction(decay);
        Decay = Hyperparameter.Of(decay);
        (BiasCorrection, Warmup) = (biasCorrection, warmup);
        Step = F.zeros([], DType.Int64);
        DecayProduct = Hyperparameter.Of(1);
        var average = new TreeDictionary<TreeValue>();
        foreach (var (path, tensor) in (averageBuffers ? model : model.GetParams()).Tensors().Where(t => t.Tensor.dtype.IsFloatingPoint()))
        {
            var wide = Gradients.Wide(tensor.dtype);
            average[path] = biasCorrection ? F.zeros_like(tensor, wide) : F.clone(tensor.to(wide));
        }

        Average = average;
        Inner = inner;
    }

    /// <summary>The model with averaged params (and buffers, if they are averaged), for evaluation.</summary>
    /// <remarks>
    /// It shares tensors with the two trees: a next step that takes them over, see <see cref="DonateAttribute"/>, ends its
    /// use. Clone what is kept longer.
    /// </remarks>
    /// <param name="optimizer">The tree of this optimizer, or of one around it, such as <see cref="ParamGroups"/> of several.</param>
    /// <param name="model">The model; what is not averaged is kept.</param>
    /// <exception cref="ArgumentException">There is no average in the optimizer.</exception>
    public static StructureTree AveragedModel(StructureTree optimizer, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var averages = new Dictionary<string, (Tensor Average, Tensor? Weight)>();
        foreach (var node in Optimizer.FindNodes(optimizer, ApplyFunction))
        {
            var weight = (bool)node.Aux["bias_correction"]! ? 1 - node.Buffers["decay_product"].Tensor : null;
            foreach (var (path, average) in node.Buffers["average"].Dictionary)
            {
                averages[path] = (average.Tensor, weight);
            }
        }

        return model.MapParamsBuffers((path, tensor) =>
        {
            if (!averages.TryGetValue(path, out var averaged))
            {
                return tensor;
            }

            var (value, weight) = averaged;
            if (weight is not null)
            {
                // Before the first step there is no average yet.
                value = F.where(weight > 0, value / F.where(weight > 0, weight, 1).to(value.dtype), tensor.to(value.dtype));
            }

            return value.to(tensor.dtype);
        });
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model as the inner optimizer leaves it.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        var updated = Inner.Call((lossAndGrad, model));
        var steps = Step.to(DType.Float64);
        var decay = Warmup ? F.minimum(Decay, (steps + 1) / (steps + 10)) : Decay;
        Step = Step + 1;
        DecayProduct = DecayProduct * decay;
        Average = Averaged(Average.Dictionary, updated, decay);
        return updated;
    }

    private static TreeDictionary<TreeValue> Averaged(TreeDictionary<TreeValue> average, StructureTree model, Tensor decay)
    {
        var values = new Dictionary<string, Tensor>();
        foreach (var (path, tensor) in model.Tensors())
        {
            values[path] = tensor;
        }

        var result = average.Copy();
        foreach (var group in average.Keys.GroupBy(path => (average[path].Tensor.dtype, average[path].Tensor.device)))
        {
            var paths = group.ToArray();
            var averages = Array.ConvertAll(paths, path => average[path].Tensor);
            var latest = Array.ConvertAll(paths, path => values.TryGetValue(path, out var value)
                ? value.to(group.Key.dtype)
                : throw new ArgumentException(
                    $"The model has no '{path}', of which an average is kept. Make the optimizer anew after editing the model."));

            // Ascent by (1 - decay) along the params, with an L2 penalty of 1, is the average: one op for all of them.
            var (updated, _) = F.multi_sgd(
                averages, latest, [], lr: 1 - decay, weight_decay: 1.0, momentum: 0.0, dampening: 0.0, step: 1.0, maximize: true);
            for (var i = 0; i < paths.Length; i++)
            {
                result[paths[i]] = updated[i];
            }
        }

        return result;
    }
}
