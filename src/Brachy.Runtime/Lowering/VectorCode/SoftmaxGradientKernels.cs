using System.Numerics;
using System.Numerics.Tensors;

namespace Brachy.Compilation;

/// <summary>Gradients of softmax and its logarithm.</summary>
internal static unsafe class SoftmaxGradientKernels
{
    public static bool Rule(VectorArgs x, DimSettings settings) => x.OfType(x.Output().DType, settings, Rule<float>, Rule<double>);

    private static bool Rule<T>(VectorArgs x, DimSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (x.IsNumber(0) || x.IsNumber(1))
        {
            return false;
        }

        // Rows lie along the last dim; where that is another one, of the turned values.
        var isLast = RowKernels.IsLast(x, settings.Dim);
        long[] order = [.. Enumerable.Range(0, x[0].Shape.Rank).Select(dim => (long)dim)];
        if (!isLast)
        {
            var dim = Dims.Normalize(x.Op, settings.Dim, order.Length);
            order = [.. order.Where(d => d != dim), dim];
        }

        var (gradient, value) = (x.Dense(x[0].Permuted(order)), x.Dense(x[1].Permuted(order)));
        var target = isLast ? x.Result() : x.Scratch(gradient.DType, gradient.Shape);
        var size = RowKernels.RowSize(gradient);
        var isLogarithm = x.Op == "log_softmax_backward";
        var powers = isLogarithm ? x.Scratch(gradient.DType, [size]) : null;
        x.Add(memory =>
        {
            for (var start = 0; start < target.Count; start += size)
            {
                var g = gradient.Span<T>(memory).Slice(start, size);
                var y = value.Span<T>(memory).Slice(start, size);
                var to = target.Span<T>(memory).Slice(start, size);
                if (powers is not null)
                {
                    var power = powers.Span<T>(memory);
                    VectorMath.Exp<T>(y, power);
                    TensorPrimitives.Multiply(power, TensorPrimitives.Sum<T>(g), power);
                    TensorPrimitives.Subtract(g, power, to);
                    continue;
                }

                var sum = TensorPrimitives.Dot<T>(g, y);
                TensorPrimitives.Subtract(g, sum, to);
                TensorPrimitives.Multiply(to, y, to);
            }
        });
        if (!isLast)
        {
            x.AddCopied(target.Count);
            x.Add(CopyKernels.Copy(target.Permuted(Permutation.Inverse(order)), x.Result()));
        }

        return true;
    }
}
