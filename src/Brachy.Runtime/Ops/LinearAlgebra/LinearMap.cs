using Brachy.Extending;

namespace Brachy;

// The affine map of a fully connected layer.
public static partial class F
{
    /// <summary>x @ weight^T + bias over the last dim.</summary>
    /// <param name="x">[..., in].</param>
    /// <param name="weight">[out, in].</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <returns>[..., out], with the dtype of all three.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types differ or are bool.</exception>
    public static Tensor linear(Tensor x, Tensor weight, Tensor? bias = null) =>
        bias is null ? Linear.Bind(x, weight) : Linear.Bind(x, weight, bias);

    internal static readonly Primitive<NoSettings> Linear = new("linear")
    {
        Abstract = x =>
        {
            MatrixProducts.RequireProduct(x);
            Shapes.RequireRank(x, 1, "weight", 2);
            var (width, inner) = (x[1].Shape[0], x[1].Shape[1]);
            if (x[0].Shape[^1] != inner)
            {
                throw new ShapeException(
                    $"linear: the last dim of x {x[0].Shape} must be {inner}, as weight has shape {x[1].Shape} ([out, in]).");
            }

            if (x.Count == 3 && x[2].Shape != Shape.Create([width]))
            {
                throw new ShapeException(
                    $"linear: bias must have shape [{width}], as weight has shape {x[1].Shape} ([out, in]), but has {x[2].Shape}.");
            }

            return new TensorType([.. x[0].Shape.Take(x[0].Rank - 1), width], x[0].DType, x.Device);
        },
        Eager = x => TorchSharp.torch.nn.functional.linear(x[0], x[1], x.Count == 3 ? x[2] : null),
        Script = x => $"torch.linear({x[0]}, {x[1]}{(x.Count == 3 ? ", " + x[2] : "")})",
        Vjp = Vjp.Rule((g, y, x) =>
        {
            // A transposed view keeps the layout [out, in] of the weight without a copy of the result.
            var gx = x.If(0, () => matmul(g, x[1]));
            var gw = x.If(
                1, () => g.ndim == 1 ? outer(g, x[0]) : matmul(transpose(MatrixProducts.Rows(g), 0, 1), MatrixProducts.Rows(x[0])));
            var gb = x.Count == 3 ? x.If(2, () => sum_to(g, x[2].shape)) : null;
            return x.Count == 3 ? [gx, gw, gb] : [gx, gw];
        }),
        Jvp = Jvp.Rule((t, y, x) =>
        {
            var bias = x.Count == 3 ? t[2] : null;
            return Tangents.Sum(t[0].Map(tx => linear(tx, x[1])), t[1] is { } weight ? linear(x[0], weight, bias) : bias);
        }),
        Batching = ProductBatching.Linear,
        Cost = x => x.Once((double)x.Outputs[0].Shape.NumElements * x[0].Shape[^1]),
    };
}
