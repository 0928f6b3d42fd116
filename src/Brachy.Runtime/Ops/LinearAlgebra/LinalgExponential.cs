using Brachy.Extending;
using Brachy.Native;
using static Brachy.ExponentialKernels;

namespace Brachy;

// Exponentials and powers of matrices.
public static partial class F
{
    public static partial class linalg
    {
        /// <summary>
        /// Exponentials of square matrices, Σ Aᵏ / k!. Shape and dtype: as A. NaN for a matrix that is not finite. Gradient: upper right
        /// block of exp([Aᵀ, G; 0, Aᵀ]), I. Najfeld, T. Havel, Derivatives of the matrix exponential (1995).
        /// </summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <exception cref="ShapeException">The last two dims of A differ.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        public static Tensor matrix_exp(Tensor A) => MatrixExp.Bind(A);

        internal static readonly Primitive<NoSettings> MatrixExp = new("linalg_matrix_exp")
        {
            Abstract = x =>
            {
                MatrixOperands.RequireSquare(x, 0, "A");
                return x[0];
            },
            Eager = x => Exponential.Invoke("exponential", x[0]),
            Script = x => $"torch.linalg_matrix_exp({x.Dense(0)}) + ({x[0]} - {x[0]}).sum([-2, -1], True)",
            Batching = BatchedFamilies.LastDims,
            Vjp = Vjp.Rule((g, y, x) =>
            {
                var (transposed, size) = (x[0].mT, x[0].shape[^1]);
                var block = cat([cat([transposed, g], -1), cat([zeros_like(g), transposed], -1)], -2);
                return [narrow(narrow(matrix_exp(block), -2, 0, size), -1, size, size)];
            }),
        };

        /// <summary>Whole powers of square matrices; negative ones are powers of the inverse. Shape and dtype: as A.</summary>
        /// <param name="A">[..., n, n], float32 or float64.</param>
        /// <param name="n">The power; 0 gives the identity.</param>
        /// <exception cref="ShapeException">The last two dims of A differ.</exception>
        /// <exception cref="DTypeException">A is neither float32 nor float64.</exception>
        /// <exception cref="NativeOpException">n is negative, and a matrix is singular.</exception>
        public static Tensor matrix_power(Tensor A, long n)
        {
            MatrixOperands.RequireMatrices("linalg_matrix_power", A, "A", square: true);
            if (A.dtype is not (DType.Float32 or DType.Float64))
            {
                throw new DTypeException(
                    $"linalg_matrix_power: A must be float32 or float64, but is {A.Type}; cast it with x.to(DType.Float32).");
            }

            if (n == 0)
            {
                return expand(MatrixOperands.Identity(A.shape[^1], A), A.shape);
            }

            var square = n < 0 ? inv(A) : A;
            Tensor? product = null;
            for (var left = n < 0 ? 0 - (ulong)n : (ulong)n; ; square = matmul(square, square))
            {
                product = (left & 1) == 0 ? product : product is null ? square : matmul(product, square);
                left >>= 1;
                if (left == 0)
                {
                    return product!;
                }
            }
        }
    }

    /// <summary>The same as <see cref="linalg.matrix_exp"/>.</summary>
    /// <inheritdoc cref="linalg.matrix_exp"/>
    public static Tensor matrix_exp(Tensor A) => linalg.matrix_exp(A);

    /// <summary>The same as <see cref="linalg.matrix_power"/>.</summary>
    /// <inheritdoc cref="linalg.matrix_power"/>
    public static Tensor matrix_power(Tensor A, long n) => linalg.matrix_power(A, n);
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.linalg.matrix_exp"/>
    public Tensor matrix_exp() => F.linalg.matrix_exp(this);

    /// <inheritdoc cref="F.linalg.matrix_power"/>
    public Tensor matrix_power(long n) => F.linalg.matrix_power(this, n);
}

/// <summary>Kernels of libtorch that TorchSharp has no function for.</summary>
file static class ExponentialKernels
{
    // libtorch leaves the result of a matrix that is not finite unset, and takes some layouts for another.
    public static readonly EagerScript Exponential = new(
        """
        def exponential(x):
            return [torch.linalg_matrix_exp(x.contiguous()) + (x - x).sum([-2, -1], True)]

        """);
}
