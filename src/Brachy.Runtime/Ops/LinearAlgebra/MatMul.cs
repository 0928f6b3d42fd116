using Brachy.Extending;
using static Brachy.F;
using static Brachy.MatMulRules;

namespace Brachy;

// Matrix products. All operands have one element type, as in PyTorch.
public static partial class F
{
    /// <summary>
    /// Matrix product with PyTorch's rules: vectors give a dot product; a vector beside a matrix counts as a row or a column;
    /// dims before the last two broadcast. Dtype: as both, not bool.
    /// </summary>
    /// <param name="left">[..., n, k] or [k].</param>
    /// <param name="right">[..., k, m] or [k].</param>
    /// <returns>[..., n, m], without n or m where an operand is a vector.</returns>
    /// <exception cref="ShapeException">An operand is 0-dim, or the shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types differ or are bool.</exception>
    public static Tensor matmul(Tensor left, Tensor right) => MatMul.Bind(left, right);

    internal static readonly Primitive<NoSettings> MatMul = new("matmul")
    {
        Abstract = x =>
        {
            MatrixProducts.RequireProduct(x);
            return new TensorType(MatMulShape(x[0].Shape, x[1].Shape), x[0].DType, x.Device);
        },
        Eager = x => x[0].matmul(x[1]),
        Script = x => $"torch.{(IsMatrixProduct(x) ? "mm" : "matmul")}({x[0]}, {x[1]})",
        IsDense = IsMatrixProduct,
        Cost = x => x.Once((double)x.Outputs[0].Shape.NumElements * x[0].Shape[^1]),
        Vjp = Vjp.Rule((g, y, x) => [x.If(0, () => MatMulByLeft(g, x[0], x[1])), x.If(1, () => MatMulByRight(g, x[0], x[1]))]),
        Jvp = Jvp.Linear(),
        Batching = ProductBatching.MatMul,
    };

    /// <summary>Product of two matrices.</summary>
    /// <param name="left">[n, k].</param>
    /// <param name="right">[k, m].</param>
    /// <returns>[n, m].</returns>
    /// <exception cref="ShapeException">The operands are not matrices that fit.</exception>
    public static Tensor mm(Tensor left, Tensor right)
    {
        RequireRanks("mm", 2, left, right);
        return matmul(left, right);
    }

    /// <summary>Products of the matrices of two batches.</summary>
    /// <param name="left">[b, n, k].</param>
    /// <param name="right">[b, k, m].</param>
    /// <returns>[b, n, m].</returns>
    /// <exception cref="ShapeException">The operands are not batches of one length of matrices that fit.</exception>
    public static Tensor bmm(Tensor left, Tensor right)
    {
        RequireRanks("bmm", 3, left, right);
        return left.shape[0] == right.shape[0]
            ? matmul(left, right)
            : throw new ShapeException(
                $"bmm: the batches {left.shape} and {right.shape} have different lengths; F.matmul broadcasts them.");
    }

    /// <summary>beta * input + alpha * (mat1 @ mat2).</summary>
    /// <param name="input">Broadcasts to [n, m].</param>
    /// <param name="mat1">[n, k].</param>
    /// <param name="mat2">[k, m].</param>
    /// <param name="beta">Scales the input; with 0 it is left out.</param>
    /// <param name="alpha">Scales the product.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, double beta = 1, double alpha = 1)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(mat1);
        ArgumentNullException.ThrowIfNull(mat2);
        var product = mm(mat1, mat2);
        return MatrixProducts.AddTo("addmm", input, product, beta, alpha);
    }

    /// <summary>Sum of the products of two vectors. Shape: [].</summary>
    /// <exception cref="ShapeException">The operands are not vectors of one length.</exception>
    public static Tensor dot(Tensor left, Tensor right)
    {
        RequireRanks("dot", 1, left, right);
        return matmul(left, right);
    }

    /// <summary>All products of two vectors.</summary>
    /// <param name="left">[n].</param>
    /// <param name="right">[m].</param>
    /// <returns>[n, m].</returns>
    /// <exception cref="ShapeException">The operands are not vectors.</exception>
    public static Tensor outer(Tensor left, Tensor right)
    {
        RequireRanks("outer", 1, left, right);
        return reshape(left, left.numel(), 1) * right;
    }

    /// <inheritdoc cref="outer"/>
    public static Tensor ger(Tensor left, Tensor right) => outer(left, right);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.matmul"/>
    public Tensor matmul(Tensor right) => F.matmul(this, right);

    /// <inheritdoc cref="F.mm"/>
    public Tensor mm(Tensor right) => F.mm(this, right);

    /// <inheritdoc cref="F.bmm"/>
    public Tensor bmm(Tensor right) => F.bmm(this, right);

    /// <inheritdoc cref="F.dot"/>
    public Tensor dot(Tensor right) => F.dot(this, right);

    /// <inheritdoc cref="F.outer"/>
    public Tensor outer(Tensor right) => F.outer(this, right);

    /// <inheritdoc cref="F.ger"/>
    public Tensor ger(Tensor right) => F.ger(this, right);
}

/// <summary>The rules of products.</summary>
file static class MatMulRules
{
    public static bool IsMatrixProduct(RuleArgs x) => x.Types[0].Rank == 2 && x.Types[1].Rank == 2;

    /// <summary>The shape of a matrix product; throws what the user sees.</summary>
    public static Shape MatMulShape(Shape left, Shape right)
    {
        var inner = right[Math.Max(0, right.Rank - 2)];
        if (left[^1] != inner)
        {
            throw new ShapeException($"matmul: {left} @ {right}: the last dim of left ({left[^1]}) differs from the "
                + $"{(right.Rank == 1 ? "length" : "last but one dim")} of right ({inner}).");
        }

        var batch = Shapes.Broadcast(
            "matmul", [.. left.Take(Math.Max(0, left.Rank - 2))], [.. right.Take(Math.Max(0, right.Rank - 2))]);
        return [
            .. batch, .. left.Rank > 1 ? [left[left.Rank - 2]] : Array.Empty<long>(), .. right.Rank > 1 ? [right[^1]] : Array.Empty<long>()
        ];
    }

    public static void RequireRanks(string op, int rank, Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.ndim != rank || right.ndim != rank)
        {
            throw new ShapeException(
                $"{op}: both operands must have {rank} dims, but have shapes {left.shape} and {right.shape}; F.matmul takes other ranks.");
        }
    }

    public static Tensor MatMulByLeft(Tensor g, Tensor left, Tensor right)
    {
        if (right.ndim == 1)
        {
            return unsqueeze(g, -1) * right;
        }

        var transposed = transpose(right, -2, -1);
        return left.ndim == 1
            ? reshape(sum_to(matmul(unsqueeze(g, -2), transposed), [1, left.shape[0]]), left.shape)
            : matmul(g, transposed);
    }

    public static Tensor MatMulByRight(Tensor g, Tensor left, Tensor right)
    {
        if (left.ndim == 1)
        {
            return right.ndim == 1 ? left * g : unsqueeze(left, -1) * unsqueeze(g, -2);
        }

        if (right.ndim == 1)
        {
            return reshape(matmul(transpose(MatrixProducts.Rows(left), 0, 1), reshape(g, g.numel(), 1)), right.shape);
        }

        // One large product instead of a batch of small ones that would be summed.
        return right.ndim == 2
            ? matmul(transpose(MatrixProducts.Rows(left), 0, 1), MatrixProducts.Rows(g))
            : matmul(transpose(left, -2, -1), g);
    }
}
