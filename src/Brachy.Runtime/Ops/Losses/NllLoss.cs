using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.NllLossRules;

namespace Brachy;

/// <summary>The class that does not count, and what is made of the losses.</summary>
internal sealed record NllSettings(long IgnoreIndex, Reduction Reduction) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("ignore_index", IgnoreIndex), ("reduction", (long)Reduction)];
}

// The negative log likelihood, with libtorch's kernels for [N, C] and [N, C, H, W].
public static partial class F
{
    /// <summary>
    /// The negative log likelihood: minus the log probability of the target class, times its weight. The mean divides by
    /// the sum of the weights of the targets. Source: pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html.
    /// </summary>
    /// <param name="log_probs">Log probabilities, [C], [N, C] or [N, C, d1, d2, …].</param>
    /// <param name="target">Class numbers of an integer type, in the shape of log_probs without C.</param>
    /// <param name="weight">A weight for each class, in the element type of log_probs; 1 by default.</param>
    /// <param name="ignore_index">A target that does not count.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> the shape of the target.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="NativeOpException">A target is no class.</exception>
    public static Tensor nll_loss(
        Tensor log_probs, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean)
    {
        ArgumentNullException.ThrowIfNull(log_probs);
        ArgumentNullException.ThrowIfNull(target);
        var x = ClassTargets.ClassesSecond("nll_loss", log_probs, target, log_probs.ndim == 1 ? 0 : 1);
        var (loss, _) = ClassTargets.nll_loss_forward(x, ClassTargets.ClassNumbers(target, x), weight, ignore_index, reduction);
        return reduction == Reduction.None ? reshape(loss, target.shape) : loss;
    }

    internal static readonly Primitive<NllSettings> NllLossForward = new("nll_loss_forward")
    {
        Abstract = x =>
        {
            RequireClasses(x, 0, 1, x.Count > 2 ? 2 : null);
            var type = new TensorType(Shape.Scalar, x[0].DType, x.Device);
            return [x.Settings.Reduction == Reduction.None ? type.WithShape(x[1].Shape) : type, type];
        },
        Eager = x =>
        {
            var logProbs = x[0];
            var (index, weights) = PickWeights(x, x[1], x.Count > 2 ? x[2] : null, logProbs.dtype);
            var picked = x.Temporary(logProbs.gather(1, index)).squeeze(1);
            var losses = x.Temporary(x.Temporary(picked).mul(weights)).neg();
            if (x.Settings.Reduction == Reduction.None)
            {
                return [losses, torch.zeros([], dtype: logProbs.dtype, device: logProbs.device)];
            }

            var sum = x.Temporary(losses).sum();
            var total = weights.sum();
            return x.Settings.Reduction == Reduction.Sum ? [sum, total] : [x.Temporary(sum).div(total), total];
        },
        Script = x =>
        {
            var kernel = x.Types[0].Rank == 2 ? "nll_loss_forward" : "nll_loss2d_forward";
            return $"torch.{kernel}({x[0]}, {x[1]}, {(x.Count > 2 ? x[2] : "None")}, {(long)x.Settings.Reduction}, "
                + $"{x.Settings.IgnoreIndex})";
        },
        Vjp = Vjp.Multi<NllSettings>((g, y, x) =>
        {
            RequireConstantWeight(x, 2);
            var gradient = g[0] is { } outer ? nll_loss_backward(outer, y[1], x) : null;
            return x.Count > 2 ? [gradient, null, null] : [gradient, null];
        }),
        Jvp = Jvp.Multi<NllSettings>((t, y, x) =>
        {
            RequireConstantWeight(x, x.Count > 2 && t[2] is not null);
            return [t[0].Map(logProbs => x.Primitive.BindUntyped(x.Settings, [logProbs, .. x.Inputs.Skip(1)])[0]), null];
        }),
        Batching = NllBatching.Loss(LossInSteps),
    };

    // Operands: gradient of the loss, log probabilities (for their shape), target, total weight, class weights.
    internal static readonly Primitive<NllSettings> NllLossBackward = new("nll_loss_backward")
    {
        Abstract = x =>
        {
            RequireClasses(x, 1, 2, x.Count > 4 ? 4 : null);
            Shapes.RequireSameDType(x, 0, 1, 3);
            var expected = x.Settings.Reduction == Reduction.None ? x[2].Shape : Shape.Scalar;
            return x[0].Shape == expected && x[3].Rank == 0
                ? new TensorType(x[1].Shape, x[1].DType, x.Device)
                : throw new ShapeException(
                    $"nll_loss_backward: the gradient is {x[0]} and the total weight {x[3]}, but their shapes must be {expected} and [].");
        },
        Eager = x =>
        {
            var (index, weights) = PickWeights(x, x[2], x.Count > 4 ? x[4] : null, x[1].dtype);
            var scale = x.Settings.Reduction == Reduction.Mean ? x.Temporary(x[0].div(x[3])) : x[0];
            var values = x.Temporary(x.Temporary(weights.mul(scale)).neg());

            // A mean over nothing scales by infinity.
            var used = x.Temporary(torch.where(x.Temporary(weights.eq(NativeNumber.Of(0))), x.Temporary(torch.zeros_like(values)), values));
            var zeros = x.Temporary(torch.zeros(x.Types[1].Shape.Sizes, dtype: x[1].dtype, device: x[1].device));
            return zeros.scatter(1, index, x.Temporary(used.unsqueeze(1)));
        },
        Script = x =>
        {
            var kernel = x.Types[1].Rank == 2 ? "nll_loss_backward" : "nll_loss2d_backward";
            var weight = x.Count > 4 ? x[4] : "None";
            return $"torch.{kernel}({x[0]}, {x[1]}, {x[2]}, {weight}, {(long)x.Settings.Reduction}, {x.Settings.IgnoreIndex}, {x[3]})";
        },

        // Linear in the gradient: its transpose is the loss itself.
        Vjp = Vjp.Rule<NllSettings>((g, y, x) =>
        {
            RequireConstantWeight(x, 4);
            var result = new Tensor?[x.Count];
            result[0] = x.If(
                0,
                () => ClassTargets.nll_loss_forward(g, x[2], x.Count > 4 ? x[4] : null, x.Settings.IgnoreIndex, x.Settings.Reduction).Loss);
            return result;
        }),
        Batching = NllBatching.Gradient(GradientInSteps),
    };
}

/// <summary>The rules of the negative log likelihood.</summary>
file static class NllLossRules
{
    public static Tensor nll_loss_backward(Tensor g, Tensor totalWeight, VjpArgs<NllSettings> x) => x.Count > 2
        ? NllLossBackward.Bind(x.Settings, g, x[0], x[1], totalWeight, x[2])
        : NllLossBackward.Bind(x.Settings, g, x[0], x[1], totalWeight);

    /// <summary>The class numbers with 0 for ignored ones, with a dim for the class; and the weight of each target.</summary>
    public static (torch.Tensor Index, torch.Tensor Weights) PickWeights(
        EagerArgs<NllSettings> x, torch.Tensor target, torch.Tensor? weight, torch.ScalarType dtype)
    {
        var ignored = x.Temporary(target.eq(NativeNumber.Of(x.Settings.IgnoreIndex)));
        var index = x.Temporary(target.masked_fill(ignored, NativeNumber.Of(0)));
        var weights = weight is null
            ? x.Temporary(x.Temporary(ignored.logical_not()).to_type(dtype))
            : x.Temporary(x.Temporary(x.Temporary(weight.index_select(0, x.Temporary(index.reshape(-1)))).reshape(target.shape))
                .masked_fill(ignored, NativeNumber.Of(0)));
        return (x.Temporary(index.unsqueeze(1)), weights);
    }

    public static Tensor[] LossInSteps(VjpArgs<NllSettings> x)
    {
        var logProbs = x[0];
        var (index, weights, ignored) = Picked(x, x[1], x.Count > 2 ? x[2] : null, logProbs.dtype);
        var losses = where(ignored, 0, -(squeeze(gather(logProbs, 1, index), 1) * weights)).to(logProbs.dtype);
        if (x.Settings.Reduction == Reduction.None)
        {
            return [losses, zeros([], logProbs.dtype, logProbs.device)];
        }

        var total = sum(weights);
        return x.Settings.Reduction == Reduction.Sum ? [sum(losses), total] : [sum(losses) / total, total];
    }

    public static Tensor[] GradientInSteps(VjpArgs<NllSettings> x)
    {
        var logProbs = x[1];
        var (index, weights, _) = Picked(x, x[2], x.Count > 4 ? x[4] : null, logProbs.dtype);
        var values = -(weights * (x.Settings.Reduction == Reduction.Mean ? x[0] / x[3] : x[0]));

        // A mean over nothing scales by infinity.
        var used = where(eq(weights, 0), 0, values).to(logProbs.dtype);
        return [scatter(zeros(logProbs.shape, logProbs.dtype, logProbs.device), 1, index, unsqueeze(used, 1))];
    }

    private static (Tensor Index, Tensor Weights, Tensor Ignored) Picked(
        VjpArgs<NllSettings> x, Tensor target, Tensor? weight, DType dtype)
    {
        var ignored = eq(target, x.Settings.IgnoreIndex);
        var index = where(ignored, 0, target);
        var weights = weight is null
            ? logical_not(ignored).to(dtype)
            : where(ignored, 0, reshape(index_select(weight, 0, reshape(index, index.numel())), target.shape)).to(dtype);
        return (unsqueeze(index, 1), weights, ignored);
    }

    public static void RequireClasses(AbstractArgs x, int logProbs, int target, int? weight)
    {
        Shapes.RequireFloat(x, logProbs, "log_probs");
        IndexOperands.RequireIndex(x, target, "target");
        var (p, t) = (x[logProbs].Shape, x[target].Shape);
        if (p.Rank is not (2 or 4) || t != Shapes.Reduce(p, [1], keepdim: false))
        {
            throw new ShapeException(
                $"{x.Primitive.Name}: log_probs {x[logProbs]} must be [N, C] or [N, C, H, W], and target {x[target]} the same without C.");
        }

        if (weight is { } w)
        {
            Shapes.RequireSameDType(x, logProbs, w);
            if (x[w].Rank != 1 || x[w].Shape[0] != p[1])
            {
                throw new ShapeException($"{x.Primitive.Name}: weight {x[w]} must have one number for each of the {p[1]} classes.");
            }
        }
    }

    public static void RequireConstantWeight(VjpArgs x, int weight) => RequireConstantWeight(x, x.Count > weight && x.Needs(weight));

    public static void RequireConstantWeight(RuleArgs x, bool isDifferentiated)
    {
        if (isDifferentiated)
        {
            throw new DifferentiationException($"'{x.Primitive.Name}' has no gradient with respect to the class weights; build the loss of "
                + "F.log_softmax and F.gather instead.");
        }
    }
}
