namespace Brachy;

// Products that something is added to, and chains of them.
public static partial class F
{
    /// <summary>beta * input + alpha * (matrix @ vector).</summary>
    /// <param name="input">Broadcasts to [n].</param>
    /// <param name="matrix">[n, k].</param>
    /// <param name="vector">[k].</param>
    /// <param name="beta">Scales the input; with 0 it is left out.</param>
    /// <param name="alpha">Scales the product.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor addmv(Tensor input, Tensor matrix, Tensor vector, double beta = 1, double alpha = 1) =>
        MatrixProducts.AddTo("addmv", input, mv(matrix, vector), beta, alpha);

    /// <summary>beta * input + alpha * outer(left, right).</summary>
    /// <param name="input">Broadcasts to [n, m].</param>
    /// <param name="left">[n].</param>
    /// <param name="right">[m].</param>
    /// <param name="beta">Scales the input; with 0 it is left out.</param>
    /// <param name="alpha">Scales the product.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor addr(Tensor input, Tensor left, Tensor right, double beta = 1, double alpha = 1) =>
        MatrixProducts.AddTo("addr", input, outer(left, right), beta, alpha);

    /// <summary>beta * input + alpha * the sum of all batch1[i] @ batch2[i].</summary>
    /// <param name="input">Broadcasts to [n, m].</param>
    /// <param name="batch1">[b, n, k].</param>
    /// <param name="batch2">[b, k, m].</param>
    /// <param name="beta">Scales the input; with 0 it is left out.</param>
    /// <param name="alpha">Scales the sum.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public static Tensor addbmm(Tensor input, Tensor batch1, Tensor batch2, double beta = 1, double alpha = 1)
    {
        var products = bmm(batch1, batch2);
        return MatrixProducts.AddTo("addbmm", input, sum(products, [0], dtype: products.dtype), beta, alpha);
    }

    /// <summary>The same as <see cref="dot"/>: elements are real.</summary>
    /// <inheritdoc cref="dot"/>
    public static Tensor vdot(Tensor left, Tensor right) => dot(left, right);

    /// <summary>The product of several matrices, multiplied in the order that takes the fewest multiplications.</summary>
    /// <param name="matrices">Two dims each, of which neighbours agree.</param>
    /// <exception cref="ShapeException">There is none, or they do not fit.</exception>
    public static Tensor chain_matmul(params IReadOnlyList<Tensor> matrices)
    {
        OperandChecks.RequireTensors("chain_matmul", matrices);
        if (matrices.Count == 0 || matrices.Any(x => x.ndim != 2))
        {
            throw new ShapeException(
                $"chain_matmul: the matrices are [{string.Join(", ", matrices.Select(x => x.Type))}]; give at least one, each of 2 dims.");
        }

        // cost[i, j]: the multiplications for matrices i to j; cut[i, j]: after which of them the last product splits. Cormen et al., 15.2.
        var n = matrices.Count;
        double Size(int i) => i == 0 ? matrices[0].shape[0] : matrices[i - 1].shape[1];
        var (cost, cut) = (new double[n, n], new int[n, n]);
        for (var length = 1; length < n; length++)
        {
            for (var i = 0; i + length < n; i++)
            {
                var j = i + length;
                cost[i, j] = double.PositiveInfinity;
                for (var k = i; k < j; k++)
                {
                    var total = cost[i, k] + cost[k + 1, j] + (Size(i) * Size(k + 1) * Size(j + 1));
                    if (total < cost[i, j])
                    {
                        (cost[i, j], cut[i, j]) = (total, k);
                    }
                }
            }
        }

        Tensor Product(int i, int j) => i == j ? matrices[i] : mm(Product(i, cut[i, j]), Product(cut[i, j] + 1, j));
        return Product(0, n - 1);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.addmm"/>
    public Tensor addmm(Tensor mat1, Tensor mat2, double beta = 1, double alpha = 1) => F.addmm(this, mat1, mat2, beta, alpha);

    /// <inheritdoc cref="F.addmv"/>
    public Tensor addmv(Tensor matrix, Tensor vector, double beta = 1, double alpha = 1) => F.addmv(this, matrix, vector, beta, alpha);

    /// <inheritdoc cref="F.addr"/>
    public Tensor addr(Tensor left, Tensor right, double beta = 1, double alpha = 1) => F.addr(this, left, right, beta, alpha);

    /// <inheritdoc cref="F.addbmm"/>
    public Tensor addbmm(Tensor batch1, Tensor batch2, double beta = 1, double alpha = 1) => F.addbmm(this, batch1, batch2, beta, alpha);

    /// <inheritdoc cref="F.vdot"/>
    public Tensor vdot(Tensor right) => F.vdot(this, right);
}
