namespace Brachy;

/// <summary>Dims as users name them: negative ones count from the end.</summary>
internal static class Dims
{
    /// <summary>A dim counted from 0; negative dims count from the end.</summary>
    /// <exception cref="ShapeException">There is no such dimension.</exception>
    public static int Normalize(string op, long dim, int rank)
    {
        var limit = Math.Max(rank, 1);
        if (dim < -limit || dim >= limit)
        {
            throw new ShapeException($"{op}: dim {dim} is out of range for a tensor with {rank} dims; use {-limit} to {limit - 1}.");
        }

        return (int)(dim < 0 ? dim + limit : dim);
    }

    /// <summary>Dims counted from 0, without repeats; an empty list means all.</summary>
    /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
    public static long[] Normalize(string op, ReadOnlySpan<long> dims, int rank)
    {
        if (dims.Length == 0)
        {
            return [.. Enumerable.Range(0, rank).Select(i => (long)i)];
        }

        var result = new long[dims.Length];
        for (var i = 0; i < dims.Length; i++)
        {
            result[i] = Normalize(op, dims[i], rank);
            if (Array.IndexOf(result, result[i], 0, i) >= 0)
            {
                throw new ShapeException($"{op}: dim {dims[i]} appears twice in [{string.Join(", ", dims.ToArray())}].");
            }
        }

        return result;
    }
}
