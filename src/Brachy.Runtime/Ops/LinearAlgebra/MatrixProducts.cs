using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>What products of matrices share.</summary>
internal static class MatrixProducts
{
    public static Tensor AddTo(string op, Tensor input, Tensor product, double beta, double alpha)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (Shapes.Broadcast(op, input.shape, product.shape) != product.shape)
        {
            throw new ShapeException($"{op}: input {input.shape} does not broadcast to the product's shape {product.shape}.");
        }

        var scaled = alpha == 1 ? product : product * ScalingFactor.Of(op, product, alpha);
        return beta switch
        {
            0 => scaled,
            1 => input + scaled,
            _ => (input * ScalingFactor.Of(op, product, beta)) + scaled,
        };
    }

    public static void RequireProduct(AbstractArgs x)
    {
        for (var i = 0; i < 2; i++)
        {
            if (x[i].Rank == 0)
            {
                throw new ShapeException($"{x.Primitive.Name}: input {i} is {x[i]}, but needs at least 1 dim; use * to scale by a number.");
            }
        }

        Shapes.RequireSameDType(x, [.. Enumerable.Range(0, x.Count)]);
        if (x[0].DType == DType.Bool)
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: there is no product of bool tensors ({x[0]} and {x[1]}); cast them with x.to(DType.Float32).");
        }
    }

    /// <summary>All rows of a batch of matrices as one matrix.</summary>
    public static Tensor Rows(Tensor x) =>
        x.ndim == 2 ? x : reshape(x, x.shape.Take(x.ndim - 1).Aggregate(1L, (a, b) => a * b), x.shape[^1]);
}
