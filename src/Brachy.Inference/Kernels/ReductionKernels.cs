using System.Numerics;

namespace Brachy.Compilation;

/// <summary>Products, variances and tests over dims.</summary>
internal static unsafe class ReductionKernels
{
    public static bool Product(VectorArgs x, SumSettings settings) =>
        x.OfType(settings.DType, y => Reduce<float, float>(y, settings, Product), y => Reduce<double, double>(y, settings, Product), y =>
            Reduce<long, long>(y, settings, Product));

    public static bool Variance(VectorArgs x, SpreadSettings settings) => x.OfType(
        x.Output().DType, y => Reduce<float, float>(y, settings, row => Variance(row, settings.Correction)),
        y => Reduce<double, double>(y, settings, row => Variance(row, settings.Correction)));

    public static bool Any(VectorArgs x, ReductionSettings settings) =>
        x[0].DType == DType.Bool && Reduce<byte, byte>(x, settings, row => row.ContainsAnyExcept((byte)0) ? (byte)1 : (byte)0);

    public static bool All(VectorArgs x, ReductionSettings settings) =>
        x[0].DType == DType.Bool && Reduce<byte, byte>(x, settings, row => row.Contains((byte)0) ? (byte)0 : (byte)1);

    private delegate TResult FunctionOfRow<T, TResult>(ReadOnlySpan<T> row);

    private static bool Reduce<T, TResult>(VectorArgs x, ReductionSettings settings, FunctionOfRow<T, TResult> function)
        where T : unmanaged
        where TResult : unmanaged
    {
        if (x.IsNumber(0) || (typeof(T) != typeof(byte) && !CopyKernels.CanCast(x[0].DType, x.Output().DType)))
        {
            return false;
        }

        var operand = typeof(T) == typeof(byte) ? x.Dense(0) : x.Dense(0, x.Output().DType);
        var source = x.Dense(operand.Permuted(RowKernels.ReducedLast(x, settings.Dims)));
        var target = x.Result();
        var size = source.Count / target.Count;
        x.AddRows(target.Count, [source], [target], (memory, first, rows) =>
        {
            var from = source.Span<T>(memory, first * size, rows * size);
            var to = target.Span<TResult>(memory, first, rows);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = function(from.Slice(i * size, size));
            }
        });
        return true;
    }

    private static T Product<T>(ReadOnlySpan<T> row)
        where T : INumber<T>
    {
        var product = T.One;
        foreach (var value in row)
        {
            product = unchecked(product * value);
        }

        return product;
    }

    private static T Variance<T>(ReadOnlySpan<T> row, long correction)
        where T : INumber<T>
    {
        var mean = 0.0;
        foreach (var value in row)
        {
            mean += double.CreateTruncating(value) / row.Length;
        }

        var sum = 0.0;
        foreach (var value in row)
        {
            var distance = double.CreateTruncating(value) - mean;
            sum += distance * distance;
        }

        return T.CreateTruncating(sum / Math.Max(row.Length - correction, 0));
    }
}
