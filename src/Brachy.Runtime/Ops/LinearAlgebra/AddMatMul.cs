using Brachy.Extending;
using static Brachy.NativeArithmetic;

namespace Brachy;

// A matrix product that is added to something: what the compiler makes of a product and a sum.
public static partial class F
{
    /// <summary>input + left right, in one kernel.</summary>
    /// <param name="input">Broadcasts to the product.</param>
    /// <param name="left">[n, k], or a batch [b, n, k].</param>
    /// <param name="right">[k, m], or a batch [b, k, m].</param>
    internal static Tensor add_matmul(Tensor input, Tensor left, Tensor right) => AddMatMul.Bind(input, left, right);

    internal static readonly Primitive<NoSettings> AddMatMul = new("add_matmul")
    {
        Abstract = x =>
        {
            Shapes.RequireFloat(x, 0, "input");
            Shapes.RequireSameDType(x, 0, 1, 2);
            var (left, right) = (x[1].Shape, x[2].Shape);
            if (left.Rank != right.Rank || left.Rank is < 2 or > 3 || left[^1] != right[^2] || (left.Rank == 3 && left[0] != right[0]))
            {
                throw new ShapeException($"add_matmul: {x[1]} and {x[2]} are not two matrices, or two batches of one length, that fit.");
            }

            Shape product = [.. left.AsSpan()[..^1], right[^1]];
            return Shapes.Broadcast("add_matmul", x[0].Shape, product) == product
                ? new TensorType(product, x[1].DType, x.Device)
                : throw new ShapeException($"add_matmul: input {x[0].Shape} does not broadcast to the product's shape {product}.");
        },
        Eager = x => Added(x[0], x.Temporary(x[1].matmul(x[2]))),
        Script = x => $"torch.{(x.Types[1].Rank == 2 ? "addmm" : "baddbmm")}({x[0]}, {x[1]}, {x[2]})",
        Vjp = Vjp.Decompose(x => [x[0] + matmul(x[1], x[2])]),
        Jvp = Jvp.Rule((t, y, x) => Tangents.Sum(t[0], t[1].Map(left => matmul(left, x[2])), t[2].Map(right => matmul(x[1], right)))),
        Batching = Batching.Decompose(x => [x[0] + matmul(x[1], x[2])]),
        Cost = x => x.Once((double)x.Outputs[0].Shape.NumElements * x[1].Shape[^1]),
        InPlace = new([0], (x, _) => $"{x[0]}.{(x.Types[1].Rank == 2 ? "addmm_" : "baddbmm_")}({x[1]}, {x[2]})"),
    };
}
