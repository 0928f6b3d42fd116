using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Slices by their numbers, with a number in place of those that do not exist.</summary>
internal static class FilledSlices
{
    /// <summary>The slices along a dim that indices name; where an index is negative, a number in their place.</summary>
    public static Tensor TakeOrFill(Tensor x, int dim, Tensor places, Scalar fill)
    {
        var shape = Shapes.WithSize(x.shape, dim, places.numel());
        if (x.shape[dim] == 0)
        {
            return full(shape, fill, x.dtype, x.device);
        }

        var exists = places >= 0;
        var sizes = Enumerable.Repeat(1L, x.ndim).ToArray();
        sizes[dim] = places.numel();
        return where(reshape(exists, (Shape)sizes), index_select(x, dim, where(exists, places, 0)), full([], fill, x.dtype, x.device));
    }

    public static Scalar Filling(string op, Tensor x, Scalar value) =>
        x.dtype.Holds(value) && (x.dtype.IsFloatingPoint() || value.Kind != ScalarKind.Real)
            ? value
            : throw new DTypeException($"{op}: the fill value {value} does not fit {x.Type}; cast x first: x.to(dtype).");
}
