using System.Numerics;
using System.Numerics.Tensors;

namespace Brachy.Compilation;

/// <summary>Matrix products: those of a few rows, which take as long as reading the weights, go row by row.</summary>
internal static unsafe class ProductKernels
{
    /// <summary>From so many rows on, products are made of tiles.</summary>
    public const int FewestRowsOfTiles = 4;

    public static bool Linear(VectorArgs x) => x.OfType(x.Output().DType, Linear<float>, Linear<double>);

    /// <summary>Products of matrices, of batches of them, and with vectors.</summary>
    public static bool MatMul(VectorArgs x) => x.Types[0].Rank == 2 && x.Types[1].Rank == 2
        ? x.OfType(x.Output().DType, MatMul<float>, MatMul<double>) : BatchedProducts.MatMul(x);

    /// <summary>Products of two matrices that are added to something.</summary>
    public static bool AddMatMul(VectorArgs x) =>
        x.Types[1].Rank == 2 && x.OfType(x.Output().DType, AddMatMul<float>, AddMatMul<double>);

    private static bool MatMul<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        AddProduct<T>(x, x[0], x[1], x.Result);
        return true;
    }

    private static bool AddMatMul<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        var term = x[0].Broadcast(x.Output().Shape);
        if (x[1].Shape[0] >= FewestRowsOfTiles)
        {
            var result = x.Result();
            if (!ReferenceEquals(result.Allocation, term.Allocation))
            {
                x.Add(CopyKernels.Copy(term, result));
            }

            AddTiles<T>(x, result.Shape[0], Of(x[1]), Of(x[2]), result, adds: true);
            return true;
        }

        var product = x.Scratch(x.Output().DType, x.Output().Shape);
        AddProduct<T>(x, x[1], x[2], _ => product);
        var sum = x.Dense(term);
        var target = x.Result();
        x.Add(memory => TensorPrimitives.Add(sum.Span<T>(memory), product.Span<T>(memory), target.Span<T>(memory)));
        return true;
    }

    private static (Layout Layout, long RowStride, long ColumnStride) Of(Layout layout) => (layout, layout.Strides[0], layout.Strides[1]);

    private static void AddTiles<T>(
        VectorArgs x, long rows, (Layout Layout, long RowStride, long ColumnStride) left,
        (Layout Layout, long RowStride, long ColumnStride) right, Layout target, bool adds)
        where T : unmanaged
    {
        var columns = (int)(target.Count / rows);
        var size = new ProductSize((int)rows, columns, right.Layout.Count / columns);
        var parts = ProductParts.Of(size);
        var scratch = x.Scratch(target.DType, [parts.ScratchLength<T>()]);
        x.Add(memory => parts.Run<T>(
            new(left.Layout.At<T>(memory), (nint)left.RowStride, (nint)left.ColumnStride),
            new(right.Layout.At<T>(memory), (nint)right.RowStride, (nint)right.ColumnStride), target.At<T>(memory), adds,
            scratch.At<T>(memory)));
    }

    private static void AddProduct<T>(VectorArgs x, Layout first, Layout second, Func<int, Layout> makeTarget)
        where T : unmanaged, INumber<T>
    {
        if (first.Shape[0] >= FewestRowsOfTiles)
        {
            AddTiles<T>(x, first.Shape[0], Of(first), Of(second), makeTarget(0), adds: false);
            return;
        }

        if (second.Permuted([1, 0]) is { IsDense: true } turned)
        {
            AddRowsTimesRows<T>(x, x.Dense(first), turned, bias: null, makeTarget);
            return;
        }

        var left = x.Dense(first);
        var right = x.Dense(second);
        var target = makeTarget(0);
        var (inner, width) = ((int)right.Shape[0], (int)right.Shape[1]);
        x.Add(memory =>
        {
            var factor = left.At<T>(memory);
            for (var start = 0; start < target.Count; start += width)
            {
                var row = target.Span<T>(memory).Slice(start, width);
                row.Clear();
                for (var k = 0; k < inner; k++, factor++)
                {
                    TensorPrimitives.MultiplyAdd(right.Span<T>(memory).Slice(k * width, width), *factor, row, row);
                }
            }
        });
    }

    private static bool Linear<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        var rows = x[0].Count / x[1].Shape[1];
        if (rows >= FewestRowsOfTiles && x.IsConstant(x[1]))
        {
            return KnownProducts.Linear<T>(x, (int)rows);
        }

        var (input, bias) = (x.Dense(0), x.Count > 2 ? x.Dense(2) : null);
        if (rows < FewestRowsOfTiles)
        {
            AddRowsTimesRows<T>(x, input, x.Dense(1), bias, x.Result);
            return true;
        }

        var target = x.Result();
        if (bias is not null)
        {
            x.Add(CopyKernels.Copy(bias.Broadcast(target.Shape), target));
        }

        AddTiles<T>(
            x, rows, (input, x[1].Shape[1], 1), (x[1], x[1].Strides[1], x[1].Strides[0]), target, adds: bias is not null);
        return true;
    }

    /// <summary>Each row of one matrix times each row of another.</summary>
    private static void AddRowsTimesRows<T>(
        VectorArgs x, Layout rows, Layout weight, Layout? bias, Func<int, Layout> makeTarget)
        where T : unmanaged, INumber<T>
    {
        var target = makeTarget(0);
        var (width, inner) = ((int)weight.Shape[0], (int)weight.Shape[1]);
        var count = target.Count / width;
        x.Add(memory =>
        {
            var from = rows.At<T>(memory);
            var by = weight.At<T>(memory);
            var to = target.At<T>(memory);
            for (var o = 0; o < width; o++)
            {
                var weights = new ReadOnlySpan<T>(by + ((long)o * inner), inner);
                for (var r = 0; r < count; r++)
                {
                    to[((long)r * width) + o] = TensorPrimitives.Dot(new ReadOnlySpan<T>(from + ((long)r * inner), inner), weights);
                }
            }

            for (var r = 0; bias is not null && r < count; r++)
            {
                var row = new Span<T>(to + ((long)r * width), width);
                TensorPrimitives.Add(row, bias.Span<T>(memory), row);
            }
        });
    }
}
