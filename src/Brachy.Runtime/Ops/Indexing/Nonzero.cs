using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.NonzeroKernels;

namespace Brachy;

/// <summary>The number of rows, and what fills those that are left.</summary>
internal sealed record NonzeroSettings(long Size, long FillValue) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("size", Size), ("fill_value", FillValue)];
}

// Where elements are not zero. How many there are depends on their values: it is read first, unless the caller says it.
public static partial class F
{
    /// <summary>
    /// The places of the elements that are not 0 (NaN is not), in row-major order. Shape: [how many, dims of x]; dtype int64.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="size">
    /// The number of rows, for traced functions, where it must not depend on values; null to count. Places beyond it are left out.
    /// </param>
    /// <param name="fill_value">Fills the rows that there is no element for.</param>
    /// <exception cref="ConcretizationException">x is traced and no size is given.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    public static Tensor nonzero(Tensor x, long? size = null, long fill_value = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var rows = size ?? x.ReadSize(
            "nonzero", "Say how many rows there are to be, F.nonzero(x, size: n), or choose with F.where(condition, a, b)",
            v => count_nonzero(v));
        return nonzero_static(x, rows, fill_value);
    }

    /// <summary>As <see cref="nonzero"/> with a size.</summary>
    /// <inheritdoc cref="nonzero"/>
    public static Tensor nonzero_static(Tensor x, long size, long fill_value = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (size < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "nonzero: the size must be 0 or more.");
        }

        return x.ndim == 0
            ? zeros([size, 0], DType.Int64, x.device)
            : NonzeroStatic.Bind(new NonzeroSettings(size, fill_value), x);
    }

    internal static readonly Primitive<NonzeroSettings> NonzeroStatic = new("nonzero_static")
    {
        Abstract = x => x[0].Rank > 0 && x.Settings.Size >= 0
            ? new TensorType([x.Settings.Size, x[0].Rank], DType.Int64, x[0].Device)
            : throw new ShapeException(
                $"nonzero_static: x is {x[0]} and the size {x.Settings.Size}; there must be dims, and no negative size."),
        Eager = x => Nonzero.Invoke("nonzero_static", x[0], x.Settings.Size, x.Settings.FillValue),
        Script = x => $"torch.nonzero_static({x[0]}, size={x.Settings.Size}, fill_value={x.Settings.FillValue})",
        Batching = Batching.Rule<NonzeroSettings>(BatchedNonzero),
        Vjp = Vjp.Zero("places have no gradient"),
    };

    /// <summary>The same as <see cref="nonzero"/>.</summary>
    /// <inheritdoc cref="nonzero"/>
    public static Tensor argwhere(Tensor x, long? size = null, long fill_value = -1) => nonzero(x, size, fill_value);

    /// <summary>
    /// The places of the elements that are not 0, one tensor of indices for each dim of x, as brackets take them; PyTorch's
    /// <c>nonzero(x, as_tuple=True)</c>. Shapes: [how many]; dtype int64. A tensor without dims counts as one of one element.
    /// </summary>
    /// <inheritdoc cref="nonzero"/>
    public static Tensor[] nonzero_as_tuple(Tensor x, long? size = null, long fill_value = -1)
    {
        ArgumentNullException.ThrowIfNull(x);
        var vector = x.ndim == 0 ? reshape(x, 1) : x;
        var places = nonzero(vector, size, fill_value);
        return [.. Enumerable.Range(0, vector.ndim).Select(dim => select(places, 1, dim))];
    }

    /// <summary>The places where a condition is true, see <see cref="nonzero_as_tuple"/>.</summary>
    /// <inheritdoc cref="nonzero"/>
    /// <exception cref="ConcretizationException">The condition is traced; use <see cref="nonzero_as_tuple"/> with a size.</exception>
    public static Tensor[] where(Tensor condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return nonzero_as_tuple(condition);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.nonzero"/>
    public Tensor nonzero(long? size = null, long fill_value = -1) => F.nonzero(this, size, fill_value);

    /// <inheritdoc cref="F.nonzero_static"/>
    public Tensor nonzero_static(long size, long fill_value = -1) => F.nonzero_static(this, size, fill_value);

    /// <inheritdoc cref="F.argwhere"/>
    public Tensor argwhere(long? size = null, long fill_value = -1) => F.argwhere(this, size, fill_value);

    /// <inheritdoc cref="F.nonzero_as_tuple"/>
    public Tensor[] nonzero_as_tuple(long? size = null, long fill_value = -1) => F.nonzero_as_tuple(this, size, fill_value);
}

/// <summary>Kernels of libtorch that TorchSharp has no function for.</summary>
file static class NonzeroKernels
{
    public static readonly EagerScript Nonzero = new(
        """
        def nonzero_static(x, size: int, fill_value: int):
            return [torch.nonzero_static(x, size=size, fill_value=fill_value)]

        """);

    /// <summary>Each element that is not 0 puts its place where its number among them says; those beyond the size go to one more.</summary>
    public static Tensor BatchedNonzero(BatchArgs<NonzeroSettings> x)
    {
        var (size, fill) = (x.Settings.Size, x.Settings.FillValue);
        var shape = x.Types[0].Shape;
        if (shape.NumElements == 0 || size == 0)
        {
            return full([x.Size, size, shape.Rank], fill, DType.Int64, x[0].device);
        }

        var isThere = reshape(x[0], [x.Size, shape.NumElements]).to(DType.Bool);
        var number = cumsum(isThere.to(DType.Int64), 1) - 1;
        var found = scatter(
            full([x.Size, size + 1], -1, DType.Int64, x[0].device), 1,
            where(logical_and(isThere, number < size), number, size),
            expand(arange(shape.NumElements, device: x[0].device), [x.Size, shape.NumElements]));
        var places = slice(found, 1, 0, size);
        return stack([.. unravel_index(places, shape).Select(place => where(places < 0, fill, place))], -1);
    }
}
