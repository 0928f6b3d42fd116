using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Targets that are numbers of classes, and the dim that classes lie along.</summary>
internal static class ClassTargets
{
    /// <summary>The dim that holds the classes, counted from 0.</summary>
    public static int ClassDim(string op, Tensor scores, long? axis)
    {
        ArgumentNullException.ThrowIfNull(scores);
        OperandChecks.RequireDims(op, scores);
        return Shapes.NormalizeDim(op, axis ?? (scores.ndim == 1 ? 0 : 1), scores.ndim);
    }

    public static void RequireClassWeight(string op, Tensor scores, Tensor? weight, int dim)
    {
        if (weight is not null && (weight.ndim != 1 || weight.shape[0] != scores.shape[dim]))
        {
            throw new ShapeException($"{op}: weight {weight.Type} must have one number for each of the {scores.shape[dim]} classes of "
                + $"{scores.Type} (dim {dim}).");
        }
    }

    /// <summary>The loss and the sum of the weights that the mean divides by (0 for no reduction).</summary>
    public static (Tensor Loss, Tensor TotalWeight) nll_loss_forward(
        Tensor logProbs, Tensor target, Tensor? weight, long ignoreIndex, Reduction reduction)
    {
        if (!Enum.IsDefined(reduction))
        {
            throw LossReduction.Unknown("nll_loss", reduction);
        }

        var settings = new NllSettings(ignoreIndex, reduction);
        var results = weight is null
            ? NllLossForward.BindAll(settings, logProbs, target)
            : NllLossForward.BindAll(settings, logProbs, target, weight);
        return (results[0], results[1]);
    }

    /// <summary>Reshapes to [N, C] or [N, C, 1, D], whichever keeps the class dim where it is.</summary>
    public static Tensor ClassesSecond(string op, Tensor x, Tensor target, int classDim)
    {
        if (x.ndim == 0 || target.shape != Shapes.Reduce(x.shape, [classDim], keepdim: false))
        {
            var hint = x.ndim == 0 ? "" : $"; a target of class numbers has shape {Shapes.Reduce(x.shape, [classDim], keepdim: false)}";
            throw new ShapeException($"{op}: target {target.Type} does not fit {x.Type} with classes in dim {classDim}{hint}.");
        }

        var sizes = x.shape.AsSpan();
        var before = Shape.Create(sizes[..classDim]).NumElements;
        return classDim == x.ndim - 1
            ? reshape(x, before, sizes[classDim])
            : reshape(x, before, sizes[classDim], 1, Shape.Create(sizes[(classDim + 1)..]).NumElements);
    }

    public static Tensor ClassNumbers(Tensor target, Tensor x) =>
        reshape(target.dtype.IsInteger() ? target.to(DType.Int64) : target, Shapes.Reduce(x.shape, [1], keepdim: false));
}
