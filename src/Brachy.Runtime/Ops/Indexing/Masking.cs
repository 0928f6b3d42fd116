using Brachy.Extending;
using static Brachy.Masks;

namespace Brachy;

// Elements chosen by masks.
public static partial class F
{
    /// <summary>The elements where a mask is true, in row-major order of the common shape. Shape: [how many]; dtype: as x.</summary>
    /// <param name="x">Any tensor; broadcasts with the mask.</param>
    /// <param name="mask">Truth values.</param>
    /// <param name="size">
    /// The number of elements, for traced functions, where it must not depend on values; null to count. Elements beyond it are left out.
    /// </param>
    /// <param name="fill_value">Fills the places that there is no element for; null for 0.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The mask is not bool, or the fill value does not fit x's element type.</exception>
    /// <exception cref="ConcretizationException">The mask is traced and no size is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public static Tensor masked_select(Tensor x, Tensor mask, long? size = null, Scalar? fill_value = null)
    {
        RequireMask("masked_select", x, mask);
        var shape = Shapes.Broadcast("masked_select", x.shape, mask.shape);
        var (flat, flags) = (ravel(expand(x, shape)), ravel(expand(mask, shape)));
        if (size is null)
        {
            var count = flags.ReadSize(
                "masked_select",
                "Say how many elements there are to be, F.masked_select(x, mask, size: n), or choose with F.where(mask, x, 0)",
                v => count_nonzero(v));
            return Index.Bind(flat, select(nonzero_static(flags, count), 1, 0));
        }

        var places = select(nonzero_static(flags, size.Value), 1, 0);
        return FilledSlices.TakeOrFill(flat, 0, places, FilledSlices.Filling("masked_select", x, fill_value ?? 0));
    }

    /// <summary>
    /// x with elements of a source, in row-major order, wherever the mask is true: the first one at the first such place. Shape: broadcast
    /// of x and the mask; dtype: as x. Works in traced functions.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="mask">Truth values that broadcast with x.</param>
    /// <param name="source">At least as many elements as the mask has true ones, of x's element type.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The mask is not bool, or the source and x differ in type.</exception>
    /// <exception cref="NativeOpException">The source has too few elements.</exception>
    public static Tensor masked_scatter(Tensor x, Tensor mask, Tensor source)
    {
        RequireMask("masked_scatter", x, mask);
        ArgumentNullException.ThrowIfNull(source);
        if (source.dtype != x.dtype)
        {
            throw new DTypeException($"masked_scatter: the source is {source.Type}, but x is {x.Type}; cast one with x.to(dtype).");
        }

        // Places count from 1, so that an index out of range says that the source is too short; 0 is for the places that keep x.
        var flags = expand(mask, Shapes.Broadcast("masked_scatter", x.shape, mask.shape));
        var places = reshape(where(ravel(flags), cumsum(ravel(flags), 0), 0), flags.shape);
        var values = Index.Bind(cat([zeros([1], x.dtype, x.device), ravel(source)]), ravel(places));
        return where(flags, reshape(values, flags.shape), x);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.masked_select"/>
    public Tensor masked_select(Tensor mask, long? size = null, Scalar? fill_value = null) => F.masked_select(this, mask, size, fill_value);

    /// <inheritdoc cref="F.masked_scatter"/>
    public Tensor masked_scatter(Tensor mask, Tensor source) => F.masked_scatter(this, mask, source);
}

/// <summary>What masking asks of its mask.</summary>
file static class Masks
{
    public static void RequireMask(string op, Tensor x, Tensor mask)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(mask);
        if (mask.dtype != DType.Bool)
        {
            throw new DTypeException($"{op}: the mask must be bool, but is {mask.Type}; compare first: mask != 0.");
        }
    }
}
