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
        var block = RowKernels.BlockSize(gradient);
        var powers = isLogarithm ? x.Scratch(gradient.DType, gradient.Shape) : null;
        Layout[] writes = powers is null ? [target] : [target, powers];
        x.AddRows(target.Count / size, [gradient, value], writes, (memory, first, rows) =>
        {
            for (var (start, end) = (first * size, (first + rows) * size); start < end; start += block)
            {
                var length = Math.Min(block, end - start);
                var g = gradient.Span<T>(memory, start, length);
                var y = value.Span<T>(memory, start, length);
                var to = target.Span<T>(memory, start, length);
                if (powers is null)
                {
                    OfRows(g, y, to, size);
                }
                else
                {
                    var power = powers.Span<T>(memory, start, length);
                    VectorMath.Exp<T>(y, power);
                    OfLogarithms(g, power, to, size);
                }
            }
        });
        if (!isLast)
        {
            x.AddCopied(target.Count);
            CopyKernels.AddCopy(x, target.Permuted(Permutation.Inverse(order)), x.Result());
        }

        return true;
    }

    private static void OfRows<T>(ReadOnlySpan<T> gradient, ReadOnlySpan<T> value, Span<T> result, int size)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var row = 0; row < gradient.Length; row += size)
        {
            var g = gradient.Slice(row, size);
            var y = value.Slice(row, size);
            var to = result.Slice(row, size);
            TensorPrimitives.Subtract(g, TensorPrimitives.Dot(g, y), to);
            TensorPrimitives.Multiply(to, y, to);
        }
    }

    private static void OfLogarithms<T>(ReadOnlySpan<T> gradient, Span<T> power, Span<T> result, int size)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (var row = 0; row < gradient.Length; row += size)
        {
            var g = gradient.Slice(row, size);
            var y = power.Slice(row, size);
            TensorPrimitives.Multiply(y, TensorPrimitives.Sum(g), y);
            TensorPrimitives.Subtract(g, y, result.Slice(row, size));
        }
    }
}
