namespace Brachy;

// PyTorch's second names, and short functions that need none of their own family.
public static partial class F
{
    /// <inheritdoc cref="abs"/>
    public static Tensor absolute(Tensor x) => abs(x);

    /// <inheritdoc cref="acos"/>
    public static Tensor arccos(Tensor x) => acos(x);

    /// <inheritdoc cref="acosh"/>
    public static Tensor arccosh(Tensor x) => acosh(x);

    /// <inheritdoc cref="asin"/>
    public static Tensor arcsin(Tensor x) => asin(x);

    /// <inheritdoc cref="asinh"/>
    public static Tensor arcsinh(Tensor x) => asinh(x);

    /// <inheritdoc cref="atan"/>
    public static Tensor arctan(Tensor x) => atan(x);

    /// <inheritdoc cref="atan2"/>
    public static Tensor arctan2(Tensor left, Tensor right) => atan2(left, right);

    /// <inheritdoc cref="atanh"/>
    public static Tensor arctanh(Tensor x) => atanh(x);

    /// <inheritdoc cref="trunc"/>
    public static Tensor fix(Tensor x) => trunc(x);

    /// <inheritdoc cref="neg"/>
    public static Tensor negative(Tensor x) => neg(x);

    /// <inheritdoc cref="sign"/>
    public static Tensor sgn(Tensor x) => sign(x);

    /// <inheritdoc cref="sub(Tensor, Tensor)"/>
    public static Tensor subtract(Tensor left, Tensor right) => sub(left, right);

    /// <inheritdoc cref="mul"/>
    public static Tensor multiply(Tensor left, Tensor right) => mul(left, right);

    /// <inheritdoc cref="div(Tensor, Tensor)"/>
    public static Tensor true_divide(Tensor left, Tensor right) => div(left, right);

    /// <inheritdoc cref="gt"/>
    public static Tensor greater(Tensor left, Tensor right) => gt(left, right);

    /// <inheritdoc cref="ge"/>
    public static Tensor greater_equal(Tensor left, Tensor right) => ge(left, right);

    /// <inheritdoc cref="lt"/>
    public static Tensor less(Tensor left, Tensor right) => lt(left, right);

    /// <inheritdoc cref="le"/>
    public static Tensor less_equal(Tensor left, Tensor right) => le(left, right);

    /// <inheritdoc cref="ne"/>
    public static Tensor not_equal(Tensor left, Tensor right) => ne(left, right);

    /// <inheritdoc cref="cat"/>
    public static Tensor concat(IReadOnlyList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    /// <inheritdoc cref="cat"/>
    public static Tensor concatenate(IReadOnlyList<Tensor> tensors, long dim = 0) => cat(tensors, dim);

    /// <inheritdoc cref="outer"/>
    public static Tensor ger(Tensor left, Tensor right) => outer(left, right);

    /// <summary>A matrix with its two dims swapped; a vector or a tensor without dims stays. Shares memory.</summary>
    /// <exception cref="ShapeException">There are more than two dims.</exception>
    public static Tensor t(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ndim <= 2 ? x.T : throw new ShapeException($"t: x must have at most 2 dims, but is {x.Type}; use x.mT or F.permute.");
    }

    /// <summary>Degrees as radians. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor deg2rad(Tensor x) => x * (Math.PI / 180);

    /// <summary>Radians as degrees. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor rad2deg(Tensor x) => x * (180 / Math.PI);

    /// <summary>Elementwise left * log(1 + right), and 0 where left is 0, unless right is NaN. Shape: broadcast; dtype: promoted (integers give float32).</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor xlog1py(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);

        // The logarithm is replaced before it becomes infinite, so that no gradient meets 0 times infinity.
        var isFlat = logical_and(eq(left, 0), logical_or(right <= -1, isposinf(right)));
        return where(isFlat, 0, left * log1p(where(isFlat, 0, right)));
    }

    /// <summary>The elements of a tensor of any shape on a diagonal of a square matrix.</summary>
    /// <param name="x">Any tensor, in row-major order.</param>
    /// <param name="offset">Which diagonal: 0 for the main one, positive above it.</param>
    public static Tensor diagflat(Tensor x, long offset = 0) => diag(ravel(x), offset);

    /// <summary>Whether shapes and all elements are equal; NaN equals nothing. Shape: []; dtype bool.</summary>
    public static Tensor equal(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.shape == right.shape ? all(eq(left, right)) : tensor(false, device: left.device);
    }

    /// <summary>The number of elements.</summary>
    public static long numel(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.numel();
    }

    /// <summary>The shape that shapes broadcast to.</summary>
    /// <exception cref="ShapeException">They do not broadcast.</exception>
    public static Shape broadcast_shapes(params IReadOnlyList<Shape> shapes)
    {
        ArgumentNullException.ThrowIfNull(shapes);
        return shapes.Aggregate(Shape.Scalar, (common, shape) => Shapes.Broadcast("broadcast_shapes", common, shape));
    }

    /// <summary>A tensor to be filled by what comes after. It holds zeros: memory with what happened to be there has no use here, as tensors do not change.</summary>
    /// <inheritdoc cref="zeros"/>
    public static Tensor empty(Shape shape, DType dtype = DType.Float32, Device? device = null) => zeros(shape, dtype, device);

    /// <summary>The same as <see cref="zeros_like"/>, see <see cref="empty"/>.</summary>
    public static Tensor empty_like(Tensor x, DType? dtype = null, Device? device = null) => zeros_like(x, dtype, device);

    /// <summary>Numbers from base^start to base^end, both included, whose logarithms are evenly spaced. Shape: [steps].</summary>
    /// <param name="start">The exponent of the first number.</param>
    /// <param name="end">The exponent of the last number.</param>
    /// <param name="steps">How many.</param>
    /// <param name="base">What is raised.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException"><paramref name="steps"/> is negative.</exception>
    /// <exception cref="DTypeException">The element type is not a floating-point type.</exception>
    public static Tensor logspace(double start, double end, long steps, double @base = 10, DType dtype = DType.Float32, Device? device = null) =>
        pow(@base, linspace(start, end, steps, dtype, device));
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.t"/>
    public Tensor t() => F.t(this);

    /// <inheritdoc cref="F.deg2rad"/>
    public Tensor deg2rad() => F.deg2rad(this);

    /// <inheritdoc cref="F.rad2deg"/>
    public Tensor rad2deg() => F.rad2deg(this);

    /// <inheritdoc cref="F.diagflat"/>
    public Tensor diagflat(long offset = 0) => F.diagflat(this, offset);

    /// <inheritdoc cref="F.equal"/>
    public Tensor equal(Tensor right) => F.equal(this, right);

    /// <summary>The number of elements.</summary>
    public long nelement() => numel();

    /// <summary>The number of dimensions.</summary>
    public long ndimension() => ndim;

    /// <summary>Bytes of one element.</summary>
    public long element_size() => dtype.ItemSize();

    /// <summary>Whether the element type is one of the floating-point types.</summary>
    public bool is_floating_point() => dtype.IsFloatingPoint();

    /// <summary>The same elements in the shape of another tensor, in row-major order.</summary>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    public Tensor view_as(Tensor other) => reshape_as(other);

    /// <summary>The same elements in the shape of another tensor, in row-major order.</summary>
    /// <exception cref="ShapeException">The numbers of elements differ.</exception>
    public Tensor reshape_as(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return F.reshape(this, other.shape);
    }

    /// <summary>This tensor summed over what broadcasting from a shape has added or enlarged. Shape: the one given; dtype: as this, int64 for bool.</summary>
    /// <exception cref="ShapeException">The shape does not broadcast to that of this tensor.</exception>
    public Tensor sum_to_size(params Shape size) => F.sum_to(dtype == DType.Bool ? to(DType.Int64) : this, size);

    /// <summary>Zeros; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public Tensor new_zeros(Shape shape, DType? dtype = null, Device? device = null) => new_full(shape, 0, dtype, device);

    /// <summary>Ones; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public Tensor new_ones(Shape shape, DType? dtype = null, Device? device = null) => new_full(shape, 1, dtype, device);

    /// <summary>Zeros, see <see cref="F.empty"/>; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public Tensor new_empty(Shape shape, DType? dtype = null, Device? device = null) => new_full(shape, 0, dtype, device);

    /// <summary>A tensor filled with one number; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The number is out of range for the element type.</exception>
    public Tensor new_full(Shape shape, Scalar value, DType? dtype = null, Device? device = null) => F.full(shape, value, dtype ?? this.dtype, device ?? this.device);
}
