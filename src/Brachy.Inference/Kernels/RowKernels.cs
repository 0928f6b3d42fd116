using System.Numerics;
using System.Numerics.Tensors;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Functions of whole rows: norms, softmax, sums.</summary>
internal static unsafe class RowKernels
{
    public static bool LayerNorm(VectorArgs x, LayerNormSettings settings)
    {
        if (Array.Exists([.. x.Types], t => t.DType != DType.Float32))
        {
            return false;
        }

        var (source, weight, bias) = (x.Dense(0), x.Count > 1 ? x.Dense(1) : null, x.Count > 2 ? x.Dense(2) : null);
        var (target, means, deviations) = (x.Result(0), x.Result(1), x.Result(2));
        var size = source.Count / means.Count;
        var eps = (float)settings.Eps;
        x.AddRows(means.Count, [source], [target, means, deviations], (memory, first, rows) =>
        {
            for (var r = first; r < first + rows; r++)
            {
                var from = source.Span<float>(memory).Slice(r * size, size);
                var to = target.Span<float>(memory).Slice(r * size, size);
                var mean = TensorPrimitives.Sum<float>(from) / size;
                TensorPrimitives.Subtract(from, mean, to);
                var scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(to) / size) + eps);
                TensorPrimitives.Multiply(to, scale, to);
                if (weight is not null)
                {
                    TensorPrimitives.Multiply(to, weight.Span<float>(memory), to);
                }

                if (bias is not null)
                {
                    TensorPrimitives.Add(to, bias.Span<float>(memory), to);
                }

                means.At<float>(memory)[r] = mean;
                deviations.At<float>(memory)[r] = scale;
            }
        }, weight, bias);
        return true;
    }

    /// <summary>Softmax, and its logarithm.</summary>
    public static bool Softmax(VectorArgs x, DimSettings settings) => x.OfType(x.Output().DType, settings, Softmax<float>, Softmax<double>);

    /// <summary>Sums, and means.</summary>
    public static bool Sum(VectorArgs x, SumSettings settings) => x.OfType(settings.DType, settings, Sum<float>, Sum<double>, Sum<long>);

    /// <summary>Least and greatest elements; NaN where there is one.</summary>
    public static bool Extremum(VectorArgs x, ReductionSettings settings) =>
        x.OfType(x.Output().DType, settings, Extremum<float>, Extremum<double>, Extremum<long>);

    public static bool CumSum(VectorArgs x, CumulativeSettings settings) =>
        x.OfType(settings.DType, settings, CumSum<float, double>, CumSum<double, double>, CumSum<long, long>);

    /// <summary>Whether a dim is the last one, so that rows along it lie in order.</summary>
    public static bool IsLast(VectorArgs x, long dim) =>
        x[0].Shape.Rank == 0 || Dims.Normalize(x.Op, dim, x[0].Shape.Rank) == x[0].Shape.Rank - 1;

    /// <summary>The size of a row along the last dim.</summary>
    public static int RowSize(Layout layout) => layout.Shape.Rank == 0 ? 1 : (int)layout.Shape[^1];

    /// <summary>Elements of the rows that functions of single elements take at a time, so that short rows fill vectors.</summary>
    public static int BlockSize(Layout rows)
    {
        const int Elements = 4096;
        var size = RowSize(rows);
        return Math.Min(rows.Count, Math.Max(1, Elements / size) * size);
    }

    private static bool Softmax<T>(VectorArgs x, DimSettings settings)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        // Along another dim than the last, rows are those of the turned value; the result of one that was turned before stays turned.
        var isLast = IsLast(x, settings.Dim);
        long[] order = [.. Enumerable.Range(0, x[0].Shape.Rank).Select(dim => (long)dim)];
        if (!isLast)
        {
            var dim = Dims.Normalize(x.Op, settings.Dim, order.Length);
            order = [.. order.Where(d => d != dim), dim];
        }

        var source = x.Dense(x[0].Permuted(order));
        var target = isLast ? x.Result() : x.Scratch(source.DType, source.Shape);
        var size = RowSize(source);
        var block = BlockSize(source);
        var exponentials = x.Op == "log_softmax" ? x.Scratch(source.DType, source.Shape) : null;
        Layout[] writes = exponentials is null ? [target] : [target, exponentials];
        x.AddRows(source.Count / size, [source], writes, (memory, first, rows) =>
        {
            for (var (start, end) = (first * size, (first + rows) * size); start < end; start += block)
            {
                var length = Math.Min(block, end - start);
                var from = source.Span<T>(memory, start, length);
                var to = target.Span<T>(memory, start, length);
                for (var row = 0; row < length; row += size)
                {
                    var of = from.Slice(row, size);
                    TensorPrimitives.Subtract(of, TensorPrimitives.Max<T>(of), to.Slice(row, size));
                }

                var powers = exponentials is null ? to : exponentials.Span<T>(memory, start, length);
                VectorMath.Exp<T>(to, powers);
                for (var row = 0; row < length; row += size)
                {
                    var of = to.Slice(row, size);
                    var sum = TensorPrimitives.Sum<T>(powers.Slice(row, size));
                    if (exponentials is null)
                    {
                        TensorPrimitives.Divide(of, sum, of);
                    }
                    else
                    {
                        TensorPrimitives.Subtract(of, T.Log(sum), of);
                    }
                }
            }
        });
        if (!isLast)
        {
            var inOrder = target.Permuted(Permutation.Inverse(order));
            if (x[0].IsDense)
            {
                x.AddCopied(inOrder.Count);
                CopyKernels.AddCopy(x, inOrder, x.Result());
            }
            else
            {
                x.Alias(inOrder);
            }
        }

        return true;
    }

    private static bool Sum<T>(VectorArgs x, SumSettings settings)
        where T : unmanaged, INumber<T>
    {
        var dtype = settings.DType;
        if (x.IsNumber(0) || !CopyKernels.CanCast(x[0].DType, dtype))
        {
            return false;
        }

        var inOrder = x.Dense(0, dtype);
        var reducedLast = inOrder.Permuted(ReducedLast(x, settings.Dims));
        if (!reducedLast.IsDense && AreFirst(x, settings.Dims))
        {
            RowSum.Add<T>(x, inOrder, isMean: x.Op == "mean");
            return true;
        }

        var source = x.Dense(reducedLast);
        var target = x.Result();
        var size = source.Count / target.Count;
        var divisor = T.CreateTruncating(x.Op == "mean" ? size : 1);
        x.AddRows(target.Count, [source], [target], (memory, first, rows) =>
        {
            var from = source.Span<T>(memory, first * size, rows * size);
            var to = target.Span<T>(memory, first, rows);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = BlockwiseSum<T>(from.Slice(i * size, size)) / divisor;
            }
        });
        return true;
    }

    private static bool Extremum<T>(VectorArgs x, ReductionSettings settings)
        where T : unmanaged, INumber<T>
    {
        if (x.IsNumber(0))
        {
            return false;
        }

        var source = x.Dense(x[0].Permuted(ReducedLast(x, settings.Dims)));
        var target = x.Result();
        var size = source.Count / target.Count;
        var isLeast = x.Op == "amin";
        x.AddRows(target.Count, [source], [target], (memory, first, rows) =>
        {
            var from = source.Span<T>(memory, first * size, rows * size);
            var to = target.Span<T>(memory, first, rows);
            for (var i = 0; i < to.Length; i++)
            {
                var row = from.Slice(i * size, size);
                to[i] = isLeast ? TensorPrimitives.Min<T>(row) : TensorPrimitives.Max<T>(row);
            }
        });
        return true;
    }

    /// <summary>The order of dims in which those that are reduced come last.</summary>
    public static long[] ReducedLast(VectorArgs x, Shape reduced)
    {
        var rank = x[0].Shape.Rank;
        var dims = rank == 0 ? [] : Dims.Normalize(x.Op, reduced.AsSpan(), rank);
        return [.. Enumerable.Range(0, rank).Select(d => (long)d).Except(dims), .. dims];
    }

    /// <summary>Whether reduced dims come before all others.</summary>
    private static bool AreFirst(VectorArgs x, Shape reduced) =>
        Dims.Normalize(x.Op, reduced.AsSpan(), x[0].Shape.Rank).All(dim => dim < reduced.Rank);

    // One sum after the other would lose digits of long rows.
    private static T BlockwiseSum<T>(ReadOnlySpan<T> row)
        where T : INumber<T>
    {
        const int Block = 1024;
        var sum = T.Zero;
        for (; row.Length > Block; row = row[Block..])
        {
            sum += TensorPrimitives.Sum(row[..Block]);
        }

        return sum + TensorPrimitives.Sum(row);
    }

    // libtorch adds float32 up in double as well.
    private static bool CumSum<T, TSum>(VectorArgs x, CumulativeSettings settings)
        where T : unmanaged, INumber<T>
        where TSum : unmanaged, INumber<TSum>
    {
        var dtype = settings.DType;
        if (x.IsNumber(0) || !CopyKernels.CanCast(x[0].DType, dtype) || !IsLast(x, settings.Dim))
        {
            return false;
        }

        var source = x.Dense(0, dtype);
        var target = x.Result();
        var size = RowSize(source);
        x.Add(memory =>
        {
            var from = source.Span<T>(memory);
            var to = target.Span<T>(memory);
            var sum = TSum.Zero;
            for (var i = 0; i < from.Length; i++)
            {
                sum = i % size == 0 ? TSum.CreateTruncating(from[i]) : sum + TSum.CreateTruncating(from[i]);
                to[i] = T.CreateTruncating(sum);
            }
        });
        return true;
    }
}
