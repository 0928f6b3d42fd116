using Brachy.Extending;

namespace Brachy;

// How often a classifier is right.
public static partial class F
{
    /// <summary>The share of targets that have the highest score, among those that count.</summary>
    /// <param name="scores">A score for each class.</param>
    /// <param name="target">Class numbers of an integer type, in the shape of the scores without the class dim.</param>
    /// <param name="weight">A weight for each class: how much its targets count; 1 by default.</param>
    /// <param name="ignore_index">A class number that does not count.</param>
    /// <param name="axis">The class dim; by default dim 1, or dim 0 where there is no other.</param>
    /// <returns>No dims; float32, or the element type of the weights. Not a number where no target counts.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The target does not hold integers.</exception>
    /// <exception cref="NativeOpException">There are weights, and a target is no class.</exception>
    public static Tensor accuracy(Tensor scores, Tensor target, Tensor? weight = null, long ignore_index = -100, long? axis = null)
    {
        var dim = ClassTargets.ClassDim("accuracy", scores, axis);
        ArgumentNullException.ThrowIfNull(target);
        ClassTargets.RequireClassWeight("accuracy", scores, weight, dim);
        var expected = Shapes.Reduce(scores.shape, [dim], keepdim: false);
        if (!target.dtype.IsInteger())
        {
            throw new DTypeException(
                $"accuracy: the target must hold class numbers, but is {target.Type}; take the argmax of probabilities first.");
        }

        if (target.shape != expected)
        {
            throw new ShapeException($"accuracy: target {target.Type} does not fit scores {scores.Type} with classes in dim {dim}; its "
                + $"shape must be {expected}.");
        }

        var numbers = target.to(DType.Int64);
        var counts = ne(numbers, ignore_index);
        var weights = weight is null
            ? counts.to(DType.Float32)
            : where(counts, reshape(index_select(weight, 0, reshape(where(counts, numbers, 0), -1)), target.shape), 0);
        return sum(where(eq(argmax(scores, dim), numbers), weights, 0)) / sum(weights);
    }
}
