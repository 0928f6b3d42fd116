using Brachy.Extending;

namespace Brachy;

// Products of vectors and matrices that are made of others.
public static partial class F
{
    /// <summary>Product of a matrix and a vector.</summary>
    /// <param name="left">[n, k].</param>
    /// <param name="right">[k].</param>
    /// <returns>[n].</returns>
    /// <exception cref="ShapeException">The operands are not a matrix and a vector that fit.</exception>
    public static Tensor mv(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return left.ndim == 2 && right.ndim == 1
            ? matmul(left, right)
            : throw new ShapeException(
                $"mv: needs a matrix and a vector, but has shapes {left.shape} and {right.shape}; F.matmul takes other ranks.");
    }

    /// <summary>beta * input + alpha * (batch1 @ batch2).</summary>
    /// <param name="input">Broadcasts to [b, n, m].</param>
    /// <param name="batch1">[b, n, k].</param>
    /// <param name="batch2">[b, k, m].</param>
    /// <param name="beta">Scales the input; with 0 it is left out.</param>
    /// <param name="alpha">Scales the product.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, double beta = 1, double alpha = 1)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(batch1);
        ArgumentNullException.ThrowIfNull(batch2);
        var product = bmm(batch1, batch2);
        return MatrixProducts.AddTo("baddbmm", input, product, beta, alpha);
    }

    /// <summary>Sums of products over the last dims; with an operand without dims, the plain product.</summary>
    /// <param name="left">[..., k].</param>
    /// <param name="right">[..., k].</param>
    /// <returns>The other dims of left, then those of right.</returns>
    /// <exception cref="ShapeException">The last dims differ.</exception>
    public static Tensor inner(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.ndim == 0 || right.ndim == 0)
        {
            return left * right;
        }

        return left.shape[^1] == right.shape[^1]
            ? tensordot(left, right, [-1], [-1])
            : throw new ShapeException($"inner: the last dims of {left.shape} and {right.shape} must agree.");
    }

    /// <summary>Kronecker product: each element of left times the whole of right. Dtype: promoted.</summary>
    /// <param name="left">Any tensor; missing leading dims count as 1.</param>
    /// <param name="right">Any tensor; missing leading dims count as 1.</param>
    /// <returns>Each size is the product of both.</returns>
    public static Tensor kron(Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var rank = Math.Max(left.ndim, right.ndim);
        long Size(Tensor x, int dim) => dim < rank - x.ndim ? 1 : x.shape[dim - (rank - x.ndim)];
        var dims = Enumerable.Range(0, rank).ToArray();
        var product = reshape(left, [.. dims.SelectMany(d => new[] { Size(left, d), 1 })]) * reshape(
            right, [.. dims.SelectMany(d => new[] { 1, Size(right, d) })]);
        return reshape(product, [.. dims.Select(d => Size(left, d) * Size(right, d))]);
    }

    /// <summary>Cross products of vectors with three elements along a dim. Shape: broadcast of both; dtype: promoted.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast, there is no such dim, or it has not size 3.</exception>
    public static Tensor cross(Tensor left, Tensor right, long dim = -1)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var shape = Shapes.Broadcast("cross", left.shape, right.shape);
        var at = Shapes.NormalizeDim("cross", dim, shape.Rank);
        if (shape.Rank == 0 || shape[at] != 3)
        {
            throw new ShapeException($"cross: dim {dim} of {shape} must have size 3.");
        }

        var (a, b) = (expand(left, shape), expand(right, shape));
        return roll((a * roll(b, -1, at)) - (roll(a, -1, at) * b), -1, at);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.mv"/>
    public Tensor mv(Tensor right) => F.mv(this, right);

    /// <inheritdoc cref="F.baddbmm"/>
    public Tensor baddbmm(Tensor batch1, Tensor batch2, double beta = 1, double alpha = 1) => F.baddbmm(this, batch1, batch2, beta, alpha);

    /// <inheritdoc cref="F.inner"/>
    public Tensor inner(Tensor right) => F.inner(this, right);

    /// <inheritdoc cref="F.kron"/>
    public Tensor kron(Tensor right) => F.kron(this, right);

    /// <inheritdoc cref="F.cross"/>
    public Tensor cross(Tensor right, long dim = -1) => F.cross(this, right, dim);
}
