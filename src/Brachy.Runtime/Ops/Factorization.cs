using TorchSharp;

namespace Brachy;

// Factors of matrices, for initial values and correlated random numbers.
public static partial class F
{
    /// <summary>Q with orthonormal columns and an upper triangular R whose product is x, [..., m, n]; Q is [..., m, min(m, n)].</summary>
    internal static (Tensor Q, Tensor R) qr(Tensor x)
    {
        var results = Qr.BindAll(Attributes.None, x);
        return (results[0], results[1]);
    }

    internal static readonly Primitive Qr = new("qr")
    {
        Abstract = x =>
        {
            RequireMatrices(x);
            var sizes = x[0].Shape.AsSpan();
            var (rows, columns) = (sizes[^2], sizes[^1]);
            var least = Math.Min(rows, columns);
            return [x[0].WithShape([.. sizes[..^2], rows, least]), x[0].WithShape([.. sizes[..^2], least, columns])];
        },
        Eager = x =>
        {
            var (q, r) = torch.linalg.qr(x[0]);
            return [q, r];
        },
        Script = x => $"torch.linalg_qr({x[0]})",
        Vjp = Vjp.None("it serves to draw orthogonal matrices, which do not depend on anything differentiable"),
    };

    /// <summary>The lower triangular L with L Lᵀ = x, for symmetric, positive definite x, [..., n, n].</summary>
    internal static Tensor cholesky(Tensor x) => Cholesky.Bind(x);

    internal static readonly Primitive Cholesky = new("cholesky")
    {
        Abstract = x =>
        {
            RequireMatrices(x);
            return x[0].Shape[x[0].Rank - 1] == x[0].Shape[x[0].Rank - 2]
                ? new TensorType(x[0].Shape, x[0].DType, x[0].Device)
                : throw new ShapeException($"cholesky: the last two dims of {x[0]} must have one size.");
        },
        Eager = x => torch.linalg.cholesky(x[0]),
        Script = x => $"torch.linalg_cholesky({x[0]})",
        Vjp = Vjp.None("it serves to draw correlated numbers; for a gradient, scale them with a factor of your own"),
    };

    private static void RequireMatrices(AbstractArgs x)
    {
        if (x[0].DType is not (DType.Float32 or DType.Float64))
        {
            throw new DTypeException($"{x.Primitive.Name}: x must be float32 or float64, but is {x[0]}.");
        }

        if (x[0].Rank < 2)
        {
            throw new ShapeException($"{x.Primitive.Name}: x must have at least 2 dims, but is {x[0]}.");
        }
    }
}
