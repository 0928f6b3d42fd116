using System.Numerics;

namespace Brachy.Compilation;

/// <summary>The largest elements of rows, and rows in order. NaN counts as the largest, as in libtorch.</summary>
internal static unsafe class OrderKernels
{
    // The k best of a row are kept in order while it is read, which takes k steps for each new one.
    private const int MostKept = 128;

    public static bool TopK(VectorArgs x, TopKSettings settings) =>
        !x.IsNumber(0) && settings is { Largest: true, Sorted: true, K: > 0 and <= MostKept } && RowKernels.IsLast(x, settings.Dim)
        && x.OfType(x[0].DType, TopK<float>, TopK<double>, TopK<long>);

    public static bool Sort(VectorArgs x, SortSettings settings) =>
        !x.IsNumber(0) && RowKernels.IsLast(x, settings.Dim) && x.OfType(x[0].DType, settings, Sort<float>, Sort<double>, Sort<long>);

    public static bool Argmax(VectorArgs x, ReductionSettings settings) =>
        !x.IsNumber(0) && settings.Dims is [var dim] && RowKernels.IsLast(x, dim)
        && x.OfType(x[0].DType, Argmax<float>, Argmax<double>, Argmax<long>);

    private static bool TopK<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        var source = x.Dense(0);
        var (values, indices) = (x.Result(0), x.Result(1));
        var (size, kept) = (RowKernels.RowSize(source), RowKernels.RowSize(values));
        x.AddRows(source.Count / size, [source], [values, indices], (memory, first, rows) =>
        {
            for (var row = first; row < first + rows; row++)
            {
                Keep(
                    source.Span<T>(memory, row * size, size), values.Span<T>(memory, row * kept, kept),
                    indices.Span<long>(memory, row * kept, kept));
            }
        });
        return true;
    }

    private static void Keep<T>(ReadOnlySpan<T> row, Span<T> best, Span<long> layouts)
        where T : unmanaged, INumber<T>
    {
        var count = 0;
        for (var i = 0; i < row.Length; i++)
        {
            if (count == best.Length && !IsBefore(row[i], best[^1]))
            {
                continue;
            }

            var at = count < best.Length ? count++ : count - 1;
            for (; at > 0 && IsBefore(row[i], best[at - 1]); at--)
            {
                (best[at], layouts[at]) = (best[at - 1], layouts[at - 1]);
            }

            (best[at], layouts[at]) = (row[i], i);
        }
    }

    private static bool Sort<T>(VectorArgs x, SortSettings settings)
        where T : unmanaged, INumber<T>
    {
        var source = x.Dense(0);
        var (values, indices) = (x.Result(0), x.Result(1));
        var size = RowKernels.RowSize(source);
        var isDescending = settings.Descending;
        x.AddRows(source.Count / size, [source], [values, indices], (memory, first, rows) =>
        {
            for (var start = first * size; start < (first + rows) * size; start += size)
            {
                var row = source.At<T>(memory) + start;
                var order = indices.Span<long>(memory).Slice(start, size);
                for (var i = 0; i < size; i++)
                {
                    order[i] = i;
                }

                RowOrder<T>.Sort(order, row, isDescending);
                for (var i = 0; i < size; i++)
                {
                    values.At<T>(memory)[start + i] = row[order[i]];
                }
            }
        });
        return true;
    }

    private static bool Argmax<T>(VectorArgs x)
        where T : unmanaged, INumber<T>
    {
        var source = x.Dense(0);
        var target = x.Result();
        var size = RowKernels.RowSize(source);
        x.AddRows(target.Count, [source], [target], (memory, first, rows) =>
        {
            for (var row = first; row < first + rows; row++)
            {
                var values = source.At<T>(memory) + (row * size);
                var best = 0;
                for (var i = 1; i < size; i++)
                {
                    best = IsBefore(values[i], values[best]) ? i : best;
                }

                target.At<long>(memory)[row] = best;
            }
        });
        return true;
    }

    /// <summary>Whether one element is larger than another.</summary>
    public static bool IsBefore<T>(T left, T right)
        where T : INumber<T> => left > right || (T.IsNaN(left) && !T.IsNaN(right));
}
