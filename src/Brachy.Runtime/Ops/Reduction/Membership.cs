using Brachy.Extending;

namespace Brachy;

// Whether values are among others.
public static partial class F
{
    /// <summary>Elementwise: whether an element equals one of several. NaN equals none. Shape: as elements; dtype bool.</summary>
    /// <param name="elements">Any tensor, or a number.</param>
    /// <param name="test_elements">What to compare with, of any shape; or a number. Element types promote.</param>
    /// <param name="assume_unique">PyTorch's; whether neither side repeats an element. It changes nothing here.</param>
    /// <param name="invert">Whether to say which elements equal none.</param>
    public static Tensor isin(Tensor elements, Tensor test_elements, bool assume_unique = false, bool invert = false)
    {
        ArgumentNullException.ThrowIfNull(elements);
        ArgumentNullException.ThrowIfNull(test_elements);
        var dtype = Promotion.ResultType([elements.Type, test_elements.Type]);
        if (dtype == DType.Bool)
        {
            dtype = DType.UInt8;
        }

        var (left, right) = (to(elements, dtype), to(test_elements, dtype));
        Tensor found;
        if (test_elements.numel() <= 1)
        {
            found = test_elements.numel() == 0 ? zeros(elements.shape, DType.Bool, left.device) : eq(left, reshape(right, Shape.Scalar));
        }
        else
        {
            // A search takes NaN for small, but it sorts last: infinity stands in for it, and equals what is found only if it was there.
            var sorted = sort(ravel(right), 0).values;
            var keys = dtype.IsFloatingPoint() ? where(isnan(sorted), double.PositiveInfinity, sorted) : sorted;
            var place = clamp(searchsorted(keys, reshape(left, elements.numel())), max: sorted.numel() - 1);
            found = eq(left, reshape(Index.Bind(sorted, place), elements.shape));
        }

        return invert ? logical_not(found) : found;
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.isin"/>
    public Tensor isin(Tensor test_elements, bool assume_unique = false, bool invert = false) =>
        F.isin(this, test_elements, assume_unique, invert);
}
