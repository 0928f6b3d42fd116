using Brachy.Extending;

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

    /// <summary>right - left: the operands of <see cref="sub(Tensor, Tensor)"/> the other way round.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor rsub(Tensor left, Tensor right) => sub(right, left);

    /// <summary>x itself, of numbers.</summary>
    /// <exception cref="DTypeException">x is bool.</exception>
    public static Tensor positive(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.dtype != DType.Bool
            ? x
            : throw new DTypeException($"positive: x must hold numbers, but is {x.Type}; cast it with x.to(DType.Int64).");
    }

    /// <summary>
    /// The angle of real numbers in the plane of complex ones: 0, or π below 0; NaN stays. Shape and dtype: as x (integers become float32).
    /// </summary>
    public static Tensor angle(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var real = to(x, Promotion.ToFloat(x.dtype));
        return where(
            isnan(real), full([], double.NaN, real.dtype, real.device), where(real < 0, full([], Math.PI, real.dtype, real.device), 0));
    }

    /// <summary>One value in all places of x. Shape and dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="value">A number, or a tensor without dims.</param>
    /// <exception cref="ShapeException">The value has dims.</exception>
    /// <exception cref="DTypeException">The number does not fit x's element type.</exception>
    public static Tensor fill(Tensor x, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(value);
        RequireHeld("fill", x, value);
        return value.ndim == 0
            ? expand(to(to(value, x.dtype), x.device), x.shape)
            : throw new ShapeException($"fill: the value must be a number or have no dims, but is {value.Type}.");
    }

    /// <inheritdoc cref="split(Tensor, ReadOnlySpan{long}, long)"/>
    public static Tensor[] split_with_sizes(Tensor x, ReadOnlySpan<long> sizes, long dim = 0) => split(x, sizes, dim);

    /// <summary>The indices of elements in each dim of a shape, from those in row-major order. Shapes and dtype: as indices.</summary>
    /// <param name="indices">int64 or int32, not negative.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="DTypeException">The indices are neither int64 nor int32.</exception>
    /// <exception cref="ShapeException">A size is not positive.</exception>
    public static Tensor[] unravel_index(Tensor indices, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(indices);
        if (indices.dtype is not (DType.Int64 or DType.Int32))
        {
            throw new DTypeException(
                $"unravel_index: the indices must be int64 or int32, but are {indices.Type}; cast them with x.to(DType.Int64).");
        }

        if (shape.Any(size => size <= 0))
        {
            throw new ShapeException($"unravel_index: the sizes in {shape} must be positive.");
        }

        var places = new Tensor[shape.Rank];
        for (var d = shape.Rank - 1; d >= 0; d--)
        {
            places[d] = remainder(indices, shape[d]);
            indices = floor_divide(indices, shape[d]);
        }

        return places;
    }

    /// <summary>log of the multivariate gamma function of a dimension. Shape and dtype: as x (integers become float32).</summary>
    /// <param name="x">More than (p - 1) / 2.</param>
    /// <param name="p">The dimension.</param>
    /// <exception cref="ArgumentOutOfRangeException">p is not positive, or above 1000.</exception>
    public static Tensor mvlgamma(Tensor x, long p)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (p is < 1 or > 1000)
        {
            throw new ArgumentOutOfRangeException(nameof(p), p, "mvlgamma: the dimension must lie between 1 and 1000.");
        }

        var real = unsqueeze(to(x, Promotion.ToFloat(x.dtype)), -1);
        return sum(lgamma(real - arange(p, real.dtype, real.device) / 2), [-1]) + p * (p - 1) / 4.0 * Math.Log(Math.PI);
    }

    /// <summary>
    /// Central differences of neighbours along dims, one-sided ones at the ends: the gradient of a sampled function.
    /// Integers become float32.
    /// </summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="spacing">The distance between two samples.</param>
    /// <param name="dim">Along which dims; null for all.</param>
    /// <param name="edge_order">1 or 2: of what order the differences at the ends are. A dim needs one element more than that.</param>
    /// <returns>One tensor for each dim, with the shape of x.</returns>
    /// <exception cref="ShapeException">A dim does not exist, is named twice or is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is another.</exception>
    public static Tensor[] gradient(Tensor x, double spacing = 1, long[]? dim = null, long edge_order = 1)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (edge_order is not (1 or 2))
        {
            throw new ArgumentOutOfRangeException(nameof(edge_order), edge_order, "gradient: the order at the ends must be 1 or 2.");
        }

        RequireDims("gradient", x);
        var real = to(x, Promotion.ToFloat(x.dtype));
        return [.. Shapes.NormalizeDims("gradient", dim, x.ndim).Select(d =>
        {
            var n = x.shape[(int)d];
            if (n <= edge_order)
            {
                throw new ShapeException($"gradient: dim {d} of {x.shape} must have at least {edge_order + 1} elements.");
            }

            Tensor At(long i) => slice(real, d, i, i + 1);
            var first = edge_order == 1 ? At(1) - At(0) : At(0) * -1.5 + At(1) * 2 - At(2) * 0.5;
            var last = edge_order == 1 ? At(n - 1) - At(n - 2) : At(n - 1) * 1.5 - At(n - 2) * 2 + At(n - 3) * 0.5;
            return cat([first, (slice(real, d, 2) - slice(real, d, 0, n - 2)) / 2, last], d) / spacing;
        })];
    }

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

    /// <summary>
    /// Elementwise left * log(1 + right), and 0 where left is 0, unless right is NaN. Shape: broadcast; dtype: promoted
    /// (integers give float32).
    /// </summary>
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

    /// <summary>
    /// A tensor to be filled by what comes after. It holds zeros: memory with what happened to be there has no use here,
    /// as tensors do not change.
    /// </summary>
    /// <inheritdoc cref="zeros"/>
    public static Tensor empty(Shape shape, DType dtype = DType.Float32, Device? device = null) => zeros(shape, dtype, device);

    /// <summary>The same as <see cref="zeros_like"/>, see <see cref="empty"/>.</summary>
    public static Tensor empty_like(Tensor x, DType? dtype = null, Device? device = null) => zeros_like(x, dtype, device);

    /// <summary>Numbers from base^start to base^end, both included, whose logarithms are evenly spaced. Shape: [steps].</summary>
    /// <param name="start">The exponent of the first number.</param>
    /// <param name="end">The exponent of the last number.</param>
    /// <param name="steps">How many.</param>
    /// <param name="base">What is raised.</param>
    /// <param name="dtype">The element type; integers are cut off.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException"><paramref name="steps"/> is negative.</exception>
    public static Tensor logspace(
        double start, double end, long steps, double @base = 10, DType dtype = DType.Float32, Device? device = null) =>
        dtype.IsFloatingPoint()
            ? pow(@base, linspace(start, end, steps, dtype, device))
            : to(pow(@base, linspace(start, end, steps, DType.Float64, device)), dtype);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.absolute"/>
    public Tensor absolute() => F.absolute(this);

    /// <inheritdoc cref="F.arccos"/>
    public Tensor arccos() => F.arccos(this);

    /// <inheritdoc cref="F.arccosh"/>
    public Tensor arccosh() => F.arccosh(this);

    /// <inheritdoc cref="F.arcsin"/>
    public Tensor arcsin() => F.arcsin(this);

    /// <inheritdoc cref="F.arcsinh"/>
    public Tensor arcsinh() => F.arcsinh(this);

    /// <inheritdoc cref="F.arctan"/>
    public Tensor arctan() => F.arctan(this);

    /// <inheritdoc cref="F.arctanh"/>
    public Tensor arctanh() => F.arctanh(this);

    /// <inheritdoc cref="F.fix"/>
    public Tensor fix() => F.fix(this);

    /// <inheritdoc cref="F.negative"/>
    public Tensor negative() => F.negative(this);

    /// <inheritdoc cref="F.sgn"/>
    public Tensor sgn() => F.sgn(this);

    /// <inheritdoc cref="F.positive"/>
    public Tensor positive() => F.positive(this);

    /// <inheritdoc cref="F.angle"/>
    public Tensor angle() => F.angle(this);

    /// <inheritdoc cref="F.arctan2"/>
    public Tensor arctan2(Tensor right) => F.arctan2(this, right);

    /// <inheritdoc cref="F.subtract"/>
    public Tensor subtract(Tensor right) => F.subtract(this, right);

    /// <inheritdoc cref="F.multiply"/>
    public Tensor multiply(Tensor right) => F.multiply(this, right);

    /// <inheritdoc cref="F.true_divide"/>
    public Tensor true_divide(Tensor right) => F.true_divide(this, right);

    /// <inheritdoc cref="F.greater"/>
    public Tensor greater(Tensor right) => F.greater(this, right);

    /// <inheritdoc cref="F.greater_equal"/>
    public Tensor greater_equal(Tensor right) => F.greater_equal(this, right);

    /// <inheritdoc cref="F.less"/>
    public Tensor less(Tensor right) => F.less(this, right);

    /// <inheritdoc cref="F.less_equal"/>
    public Tensor less_equal(Tensor right) => F.less_equal(this, right);

    /// <inheritdoc cref="F.not_equal"/>
    public Tensor not_equal(Tensor right) => F.not_equal(this, right);

    /// <inheritdoc cref="F.ger"/>
    public Tensor ger(Tensor right) => F.ger(this, right);

    /// <inheritdoc cref="F.xlog1py"/>
    public Tensor xlog1py(Tensor right) => F.xlog1py(this, right);

    /// <inheritdoc cref="F.split_with_sizes"/>
    public Tensor[] split_with_sizes(ReadOnlySpan<long> sizes, long dim = 0) => F.split_with_sizes(this, sizes, dim);

    /// <inheritdoc cref="F.mvlgamma"/>
    public Tensor mvlgamma(long p) => F.mvlgamma(this, p);

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

    /// <summary>
    /// This tensor summed over what broadcasting from a shape has added or enlarged. Shape: the one given; dtype: as this, int64 for bool.
    /// </summary>
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
    public Tensor new_full(Shape shape, Scalar value, DType? dtype = null, Device? device = null) =>
        F.full(shape, value, dtype ?? this.dtype, device ?? this.device);
}
