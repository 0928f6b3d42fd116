namespace Brachy;

/// <summary>Dims, and the shapes that follow from them.</summary>
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

    /// <summary>The shape that two shapes broadcast to.</summary>
    /// <exception cref="ShapeException">Two sizes differ and neither is 1.</exception>
    public static Shape Broadcast(string op, Shape left, Shape right)
    {
        if (left == right)
        {
            return left;
        }

        var rank = Math.Max(left.Rank, right.Rank);
        var sizes = new long[rank];
        for (var i = 1; i <= rank; i++)
        {
            var l = i <= left.Rank ? left[left.Rank - i] : 1;
            var r = i <= right.Rank ? right[right.Rank - i] : 1;
            if (l != r && l != 1 && r != 1)
            {
                throw new ShapeException(
                    $"{op}: shapes {left} and {right} do not broadcast: sizes {l} and {r} (dim -{i}) differ and neither is 1.");
            }

            sizes[rank - i] = l == 1 ? r : l;
        }

        return Shape.Own(sizes);
    }

    /// <summary>The shape after reducing some dims.</summary>
    public static Shape Reduce(Shape shape, long[] dims, bool keepdim)
    {
        var sizes = new List<long>(shape.Rank);
        for (var i = 0; i < shape.Rank; i++)
        {
            if (Array.IndexOf(dims, i) < 0)
            {
                sizes.Add(shape[i]);
            }
            else if (keepdim)
            {
                sizes.Add(1);
            }
        }

        return Shape.Own([.. sizes]);
    }
}
