using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Largest elements or means of windows of images whose channels lie side by side; a part is a row of the result.</summary>
/// <param name="y">Windows over rows.</param>
/// <param name="x">Windows over columns.</param>
/// <param name="channels">The channels.</param>
/// <param name="images">The images.</param>
/// <param name="result">The result, channels last, without gaps.</param>
/// <param name="mean">What a mean is divided by; null for the largest elements.</param>
internal readonly unsafe struct Pooling<T>(PooledDim y, PooledDim x, int channels, Images<T> images, nint result, MeanDivisor? mean)
    : ITeamWork
    where T : unmanaged
{
    public void Run(int part, int member)
    {
        var (n, row) = (part / y.Result, part % y.Result);
        var to = (T*)result + ((nint)part * x.Result * channels);
        var width = Vector512<T>.Count;
        var buffer = stackalloc T[width];
        for (var column = 0; column < x.Result; column++, to += channels)
        {
            var c = 0;
            for (; c <= channels - width; c += width)
            {
                if (mean is null)
                {
                    Largest(n, row, column, c).Store(to + c);
                }
                else
                {
                    Window(n, row, column, c, width).Store(to + c);
                }
            }

            if (c < channels)
            {
                Window(n, row, column, c, channels - c).Store(buffer);
                new Span<T>(buffer, channels - c).CopyTo(new(to + c, channels - c));
            }
        }
    }

    private Vector512<T> Largest(int n, int row, int column, int c)
    {
        var largest = Number(double.NegativeInfinity);
        var (bottom, right, start) = (y.End(row), x.End(column), x.First(column));
        for (var top = y.First(row); top < bottom; top += y.Dilation)
        {
            var from = images.At(n, top, start) + c;
            for (var left = start; left < right; left += x.Dilation, from += x.Dilation * images.PixelStride)
            {
                largest = Larger(Vector512.Load(from), largest);
            }
        }

        return largest;
    }

    /// <summary>NaN is larger than all numbers.</summary>
    private static Vector512<T> Larger(Vector512<T> value, Vector512<T> largest) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(value, largest) | ~Vector512.Equals(value, value), value, largest);

    private Vector512<T> Window(int n, int row, int column, int c, int count)
    {
        var isMean = mean is not null;
        var sum = isMean ? Vector512<T>.Zero : Number(double.NegativeInfinity);
        var (bottom, right) = (y.End(row), x.End(column));
        for (var top = y.First(row); top < bottom; top += y.Dilation)
        {
            for (var left = x.First(column); left < right; left += x.Dilation)
            {
                var from = images.At(n, top, left) + c;
                var value = count == Vector512<T>.Count ? Vector512.Load(from) : Some(from, count);
                sum = isMean ? sum + value : Larger(value, sum);
            }
        }

        return mean is { } divisor ? sum / Number(divisor.Of(y, row, x, column)) : sum;
    }

    private static Vector512<T> Some(T* from, int count)
    {
        var buffer = stackalloc T[Vector512<T>.Count];
        new Span<T>(buffer, Vector512<T>.Count).Clear();
        new ReadOnlySpan<T>(from, count).CopyTo(new(buffer, count));
        return Vector512.Load(buffer);
    }

    private static Vector512<T> Number(double value) =>
        typeof(T) == typeof(float) ? Vector512.Create((float)value).As<float, T>() : Vector512.Create(value).As<double, T>();
}

/// <summary>What the sum of a window is divided by for its mean.</summary>
/// <param name="Fixed">A number for all windows; 0 for that of the elements.</param>
/// <param name="CountsPadding">Whether padding counts.</param>
internal readonly record struct MeanDivisor(long Fixed, bool CountsPadding)
{
    public double Of(PooledDim y, int row, PooledDim x, int column) =>
        Fixed != 0 ? Fixed
        : CountsPadding ? (double)y.Padded(row) * x.Padded(column)
        : (double)(y.End(row) - y.First(row)) * (x.End(column) - x.First(column));
}
