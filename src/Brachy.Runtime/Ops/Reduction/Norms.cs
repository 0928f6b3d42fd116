using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.VectorNormRules;

namespace Brachy;

/// <summary>The settings of a norm, and its order.</summary>
internal sealed record NormSettings(Shape Dims, bool KeepDim, double Ord) : ReductionSettings(Dims, KeepDim)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims), ("keepdim", KeepDim), ("ord", Ord)];
}

// Norms, and distances and angles made of them.
public static partial class F
{
    /// <summary>Euclidean norm over dims; its gradient at 0 is 0. Dtype: as x.</summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    public static Tensor norm(Tensor x, long[]? dims = null, bool keepdim = false) => vector_norm(x, 2, dims, keepdim);

    /// <inheritdoc cref="norm(Tensor, long[], bool)"/>
    public static Tensor norm(Tensor x, long dim, bool keepdim = false) => vector_norm(x, 2, [dim], keepdim);

    /// <summary>
    /// Norm of another order over dims: <c>F.norm(x, p: 1)</c>; see <see cref="vector_norm(Tensor, double, long[], bool)"/>.
    /// </summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="p">The order.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <inheritdoc cref="vector_norm(Tensor, double, long[], bool)" path="/exception"/>
    public static Tensor norm(Tensor x, double p, long[]? dims = null, bool keepdim = false) => vector_norm(x, p, dims, keepdim);

    /// <inheritdoc cref="norm(Tensor, double, long[], bool)"/>
    public static Tensor norm(Tensor x, double p, long dim, bool keepdim = false) => vector_norm(x, p, [dim], keepdim);

    /// <summary>
    /// (sum |x|^ord)^(1/ord) over dims; for infinity the largest |x|, for negative infinity the smallest, for 0 the number of elements that
    /// are not 0. Its gradient at 0 is 0. Dtype: as x.
    /// </summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="ord">The order: any number, also negative or infinite.</param>
    /// <param name="dims">The dims to reduce; null or none for all. Negative dims count from the end.</param>
    /// <param name="keepdim">Whether the reduced dims stay, with size 1.</param>
    /// <exception cref="ShapeException">
    /// A dim does not exist or is named twice, or the order needs an element and there is none.
    /// </exception>
    /// <exception cref="DTypeException">x is not of a floating-point type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is NaN.</exception>
    public static Tensor vector_norm(Tensor x, double ord = 2, long[]? dims = null, bool keepdim = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Norm.Bind(new NormSettings(ReductionRules.ReducedDims("norm", x, dims), keepdim, ord), x);
    }

    internal static readonly Primitive<NormSettings> Norm = new("norm")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "x");
            var order = x.Settings.Ord;
            if (double.IsNaN(order))
            {
                throw new ArgumentOutOfRangeException("ord", order, "norm: the order must be a number or infinite.");
            }

            // Without elements the largest and the smallest, and 1 divided by 0, are not defined.
            var shape = order < 0 || double.IsInfinity(order) ? ReductionRules.NonEmptyReducedShape(x) : ReductionRules.ReducedShape(x);
            return new TensorType(shape, x[0].DType, x[0].Device);
        },
        Eager = x =>
            NormKernels.Invoke(
                "norm", x[0], x.Settings.Ord, x.Temporary(TorchSharp.torch.tensor(x.Settings.Dims.Sizes)), x.Settings.KeepDim)[0],
        Script = x => $"torch.linalg_vector_norm({x[0]}, {Script.Real(x.Settings.Ord)}, {ReductionRules.DimsAndFlag(x)})",
        Batching = BatchedReductions.Reduction<NormSettings>(),
        Vjp = Vjp.Rule<NormSettings>((g, y, x) => [NormGradient(g, y, x)]),
    };

    /// <summary>x divided by its norm along a dim, but at least by eps. Shape and dtype: as x.</summary>
    /// <param name="x">A tensor of a floating-point type.</param>
    /// <param name="p">The order of the norm.</param>
    /// <param name="dim">Along which dim.</param>
    /// <param name="eps">The smallest divisor.</param>
    /// <inheritdoc cref="vector_norm(Tensor, double, long[], bool)" path="/exception"/>
    public static Tensor normalize(Tensor x, double p = 2, long dim = 1, double eps = 1e-12) =>
        x / clamp(vector_norm(x, p, [dim], keepdim: true), min: eps);

    /// <summary>Cosine of the angle between vectors along a dim. Shape: broadcast of both, without the dim; dtype: promoted.</summary>
    /// <param name="x1">A tensor of a floating-point type.</param>
    /// <param name="x2">A tensor of a floating-point type.</param>
    /// <param name="dim">Along which dim of the broadcast shape.</param>
    /// <param name="eps">The smallest length that a vector counts as.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast, or there is no such dim.</exception>
    /// <exception cref="DTypeException">A tensor is not of a floating-point type.</exception>
    public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(x1);
        ArgumentNullException.ThrowIfNull(x2);
        var shape = Shapes.Broadcast("cosine_similarity", x1.shape, x2.shape);
        var at = Shapes.NormalizeDim("cosine_similarity", dim, shape.Rank);
        return sum(normalize(expand(x1, shape), 2, at, eps) * normalize(expand(x2, shape), 2, at, eps), at);
    }

    /// <summary>
    /// Norm of the difference of vectors along the last dim. Shape: broadcast of both, without the last dim; dtype: promoted.
    /// </summary>
    /// <param name="x1">[..., n].</param>
    /// <param name="x2">[..., n].</param>
    /// <param name="p">The order of the norm.</param>
    /// <param name="eps">Added to each difference, so that none is 0.</param>
    /// <param name="keepdim">Whether the last dim stays, with size 1.</param>
    /// <inheritdoc cref="vector_norm(Tensor, double, long[], bool)" path="/exception"/>
    public static Tensor pairwise_distance(Tensor x1, Tensor x2, double p = 2, double eps = 1e-6, bool keepdim = false) =>
        vector_norm(x1 - x2 + eps, p, [-1], keepdim);

    /// <summary>Norm of the difference of each two rows; its gradient at 0 is 0. Dtype: promoted.</summary>
    /// <param name="x1">[..., n, k].</param>
    /// <param name="x2">[..., m, k].</param>
    /// <param name="p">The order of the norm; not negative.</param>
    /// <returns>[..., n, m].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The tensors are not of a floating-point type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">p is negative or NaN.</exception>
    public static Tensor cdist(Tensor x1, Tensor x2, double p = 2)
    {
        ArgumentNullException.ThrowIfNull(x1);
        ArgumentNullException.ThrowIfNull(x2);
        OperandChecks.RequireNotNegative("cdist", nameof(p), p);
        if (x1.ndim < 2 || x2.ndim < 2 || x1.shape[^1] != x2.shape[^1])
        {
            throw new ShapeException(
                $"cdist: x1 is {x1.Type} and x2 is {x2.Type}; both need at least 2 dims, of which the last must agree.");
        }

        // No distance between empty rows is larger than another, but libtorch has no largest of nothing.
        return vector_norm(unsqueeze(x1, -2) - unsqueeze(x2, -3), x1.shape[^1] == 0 ? 2 : p, [-1]);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.norm(Tensor, long[], bool)"/>
    public Tensor norm(long[]? dims = null, bool keepdim = false) => F.norm(this, dims, keepdim);

    /// <inheritdoc cref="F.norm(Tensor, long, bool)"/>
    public Tensor norm(long dim, bool keepdim = false) => F.norm(this, dim, keepdim);

    /// <inheritdoc cref="F.norm(Tensor, double, long[], bool)"/>
    public Tensor norm(double p, long[]? dims = null, bool keepdim = false) => F.norm(this, p, dims, keepdim);

    /// <inheritdoc cref="F.norm(Tensor, double, long, bool)"/>
    public Tensor norm(double p, long dim, bool keepdim = false) => F.norm(this, p, dim, keepdim);
}

/// <summary>The rules of vector norms.</summary>
file static class VectorNormRules
{
    // TorchSharp's own function makes a native number of the order, which the garbage collector may free while it is used.
    public static readonly EagerScript NormKernels = new(
        """
        def norm(x, ord: float, dims, keepdim: bool):
            over: List[int] = dims.tolist()
            return [torch.linalg_vector_norm(x, ord, over, keepdim)]

        """);

    /// <summary>
    /// Each order has its own slope, which is infinite or not defined at 0 for some: there the divisor is replaced, not the result, so that
    /// second derivatives do not meet 0 / 0.
    /// </summary>
    public static Tensor? NormGradient(Tensor g, Tensor y, VjpArgs<NormSettings> x)
    {
        var order = x.Settings.Ord;
        switch (order)
        {
            case 0:
                return null;
            case 1:
                return sign(x[0]) * ReductionRules.Restore(g, x);
            case 2:
                return x[0] * ReductionRules.Restore(ElementRules.OverNonZero(g, y), x);
        }

        if (double.IsInfinity(order))
        {
            var chosen = eq(abs(x[0]), ReductionRules.Restore(y, x));
            return where(
                chosen, sign(x[0]) * (ReductionRules.Restore(g, x) / sum(to(chosen, g.dtype), x.Settings.Dims.Sizes, keepdim: true)), 0);
        }

        // (|x| / y)^(ord - 1) sign(x), where neither is 0.
        var isZero = logical_or(eq(x[0], 0), eq(ReductionRules.Restore(y, x), 0));
        var ratio = where(isZero, 1, abs(x[0])) / where(isZero, 1, ReductionRules.Restore(y, x));
        return where(isZero, 0, sign(x[0]) * pow(ratio, order - 1) * ReductionRules.Restore(g, x));
    }
}
