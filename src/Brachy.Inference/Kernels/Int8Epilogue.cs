using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// What is done with sums of products of integers: they become the real numbers that they stand for, in the same memory; then comes what
/// follows a product.
/// </summary>
/// <typeparam name="T">The type that the tiles have for sums.</typeparam>
/// <param name="rows">For each row of the left matrix what its integers stand for.</param>
/// <param name="columns">What the columns of the result stand for.</param>
/// <param name="then">What follows.</param>
internal readonly unsafe struct Int8Epilogue<T>(RowQuantization* rows, Int8Columns columns, Epilogue<float> then) : IEpilogue<T>
    where T : unmanaged
{
    /// <inheritdoc/>
    public bool HasFunction => then.HasFunction;

    /// <inheritdoc/>
    public void Apply(T* tile, nint stride, int height, int width, nint place, nint resultStride, int column)
    {
        columns.ToReal((int*)tile, stride, height, width, rows + (place / resultStride), column);
        then.Apply((float*)tile, stride, height, width, place, resultStride, column);
    }
}

/// <summary>What the columns of a result of integers stand for.</summary>
/// <param name="scales">For each what 1 in the right matrix stands for.</param>
/// <param name="sums">For each the sum of the right matrix.</param>
/// <param name="bias">What is added to each; null for nothing.</param>
internal readonly unsafe struct Int8Columns(float* scales, int* sums, float* bias)
{
    /// <summary>Puts real numbers in the place of sums of products.</summary>
    /// <param name="tile">The first sum.</param>
    /// <param name="stride">From one row to the next.</param>
    /// <param name="height">The rows.</param>
    /// <param name="width">The columns.</param>
    /// <param name="rows">What the integers of the first row stand for.</param>
    /// <param name="column">The first column.</param>
    public void ToReal(int* tile, nint stride, int height, int width, RowQuantization* rows, int column)
    {
        var i = 0;
        for (; i <= width - Vector512<int>.Count; i += Vector512<int>.Count, column += Vector512<int>.Count)
        {
            var (scale, sum) = (Vector512.Load(scales + column), Vector512.Load(sums + column));
            var term = bias is null ? default : Vector512.Load(bias + column);
            var from = tile + i;
            for (var row = 0; row < height; row++, from += stride)
            {
                var integers = Vector512.Load(from) - (sum * rows[row].Zero);
                ((Vector512.ConvertToSingle(integers) * (scale * rows[row].Scale)) + term).Store((float*)from);
            }
        }

        for (; i < width; i++, column++)
        {
            var from = tile + i;
            for (var row = 0; row < height; row++, from += stride)
            {
                var real = (*from - (sums[column] * rows[row].Zero)) * (scales[column] * rows[row].Scale);
                *(float*)from = real + (bias is null ? 0 : bias[column]);
            }
        }
    }
}
