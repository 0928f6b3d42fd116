using System.Numerics;
using static Brachy.F;
using static Brachy.Triangles;

namespace Brachy;

// Places in triangles, and combinations of elements. Their number does not depend on values.
public static partial class F
{
    /// <summary>The places of the lower triangle of a matrix, row by row. Shape: [2, how many]: rows, then columns.</summary>
    /// <param name="row">The number of rows.</param>
    /// <param name="col">The number of columns.</param>
    /// <param name="offset">The last diagonal that belongs to it: 0 for the main one, positive for one above it.</param>
    /// <param name="dtype">int64 or int32.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The element type is another.</exception>
    public static Tensor tril_indices(long row, long col, long offset = 0, DType dtype = DType.Int64, Device? device = null) =>
        TriangleIndices("tril_indices", row, col, dtype, device, x => tril(x, offset), (r, c) => LowerCount(r, c, offset));

    /// <summary>The places of the upper triangle of a matrix, row by row. Shape: [2, how many]: rows, then columns.</summary>
    /// <param name="row">The number of rows.</param>
    /// <param name="col">The number of columns.</param>
    /// <param name="offset">The first diagonal that belongs to it: 0 for the main one, positive for one above it.</param>
    /// <param name="dtype">int64 or int32.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The element type is another.</exception>
    public static Tensor triu_indices(long row, long col, long offset = 0, DType dtype = DType.Int64, Device? device = null) =>
        TriangleIndices(
            "triu_indices", row, col, dtype, device, x => triu(x, offset), (r, c) => (r * c) - LowerCount(r, c, (Int128)offset - 1));

    /// <summary>All combinations of r elements of a vector, in the order of its elements. Shape: [how many, r]; dtype: as x.</summary>
    /// <param name="x">One dim.</param>
    /// <param name="r">How many elements each combination has.</param>
    /// <param name="with_replacement">Whether an element may be taken more than once.</param>
    /// <exception cref="ShapeException">x has not one dim, or there are more combinations than memory holds.</exception>
    /// <exception cref="ArgumentOutOfRangeException">r is negative.</exception>
    public static Tensor combinations(Tensor x, long r = 2, bool with_replacement = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        OperandChecks.RequireNotNegative("combinations", nameof(r), r);
        if (x.ndim != 1)
        {
            throw new ShapeException($"combinations: x must have 1 dim, but is {x.Type}.");
        }

        var n = x.shape[0];
        if (r == 0 || (!with_replacement && r > n) || n == 0)
        {
            return zeros([0, r == 0 ? 0 : r], x.dtype, x.device);
        }

        var choices = with_replacement ? n + r - 1 : n;
        var count = BigInteger.One;
        for (long i = 1; i <= Math.Min(r, choices - r) && count < int.MaxValue; i++)
        {
            count = count * (choices - Math.Min(r, choices - r) + i) / i;
        }

        if (count * r > int.MaxValue)
        {
            throw new ShapeException($"combinations: {r} of {n} elements have more than {int.MaxValue} places in all.");
        }

        var places = new long[(int)count * (int)r];
        var current = Enumerable.Range(0, (int)r).Select(i => with_replacement ? 0L : i).ToArray();
        for (var row = 0; row < (int)count; row++)
        {
            current.CopyTo(places, row * (int)r);

            // The last element that is not at its end moves on, and those after it follow.
            var i = (int)r - 1;
            while (i >= 0 && current[i] == (with_replacement ? n - 1 : n - r + i))
            {
                i--;
            }

            for (var (k, next) = (i, i < 0 ? 0 : current[i] + 1); i >= 0 && k < r; k++)
            {
                current[k] = with_replacement ? next : next + (k - i);
            }
        }

        return reshape(index_select(x, 0, to(Tensor.FromArray(places, [places.Length]), x.device)), (long)count, r);
    }

    /// <summary>
    /// All combinations of one element from each vector, the last changing fastest. Shape: [product of sizes, how
    /// many]; a single vector stays.
    /// </summary>
    /// <param name="tensors">Vectors of one element type.</param>
    /// <exception cref="ShapeException">There is none, or one has not one dim.</exception>
    /// <exception cref="DTypeException">The element types differ.</exception>
    public static Tensor cartesian_prod(params IReadOnlyList<Tensor> tensors)
    {
        OperandChecks.RequireTensors("cartesian_prod", tensors);
        if (tensors.Count == 0 || tensors.Any(x => x.ndim != 1))
        {
            throw new ShapeException(
                $"cartesian_prod: the tensors are [{string.Join(", ", tensors.Select(x => x.Type))}]; give at least one, each of 1 dim.");
        }

        if (tensors.Any(x => x.dtype != tensors[0].dtype))
        {
            throw new DTypeException(
                $"cartesian_prod: the tensors are [{string.Join(", ", tensors.Select(x => x.Type))}]; they must be of one element type.");
        }

        return tensors.Count == 1 ? tensors[0] : stack([.. meshgrid(tensors).Select(ravel)], 1);
    }

    /// <summary>Powers of each element: n columns x^(n-1), …, x, 1. Shape: [elements, n]; dtype: as x (bool becomes int64).</summary>
    /// <param name="x">One dim.</param>
    /// <param name="n">How many columns; null for as many as elements.</param>
    /// <param name="increasing">Whether they come in the order 1, x, ….</param>
    /// <exception cref="ShapeException">x has not one dim, or n is negative.</exception>
    public static Tensor vander(Tensor x, long? n = null, bool increasing = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        var columns = n ?? (x.ndim == 1 ? x.shape[0] : 0);
        if (x.ndim != 1 || columns < 0)
        {
            throw new ShapeException($"vander: x is {x.Type} and n is {n}; x must have 1 dim, and n not be negative.");
        }

        var column = unsqueeze(x.dtype == DType.Bool ? to(x, DType.Int64) : x, 1);
        var first = ones([x.shape[0], Math.Min(columns, 1)], column.dtype, x.device);
        var powers = columns < 2 ? first : cat([first, cumprod(expand(column, x.shape[0], columns - 1), 1, column.dtype)], 1);
        return increasing ? powers : flip(powers, 1);
    }
}

/// <summary>Places of the triangles of matrices.</summary>
file static class Triangles
{
    /// <summary>
    /// How many places the lower triangle has: a row r has r + 1 + offset of them, but none below 0 and no more than columns.
    /// </summary>
    public static Int128 LowerCount(Int128 rows, Int128 columns, Int128 offset)
    {
        var first = Int128.Clamp(-offset, 0, rows);
        var full = Int128.Max(first, Int128.Clamp(columns - 1 - offset, 0, rows));
        return ((full - first) * (first + full + 1 + (2 * offset)) / 2) + ((rows - full) * columns);
    }

    public static Tensor TriangleIndices(
        string op, long row, long col, DType dtype, Device? device, Func<Tensor, Tensor> triangle, Func<Int128, Int128, Int128> countIn)
    {
        if (row < 0 || col < 0)
        {
            throw new ShapeException($"{op}: there are {row} rows and {col} columns; neither may be negative.");
        }

        if (dtype is not (DType.Int64 or DType.Int32))
        {
            throw new DTypeException($"{op}: the places are int64 or int32, not {dtype.Name()}.");
        }

        var all = ones([row, col], DType.UInt8, device);
        return to(nonzero_static(triangle(all), (long)countIn(row, col)).T, dtype);
    }
}
