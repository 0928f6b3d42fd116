namespace Brachy.Data;

// Batches of arrays of numbers.
public static partial class Batches
{
    /// <summary>Batches of the rows of an array of numbers.</summary>
    /// <param name="values">
    /// Numbers, bools included, in an array of any rank, such as float[] or float[,], or rows of one length in an array of arrays, such as
    /// float[][]. The first dim counts the elements. The numbers are copied once, so that the caller may change the array.
    /// </param>
    /// <param name="options">Sizes, order and threads.</param>
    /// <returns>Batches [batch, ...] of the array's element type: float32 for float, int64 for long, and so on.</returns>
    /// <exception cref="DTypeException">No tensor has such elements; give a function that makes tensors of them.</exception>
    /// <exception cref="ShapeException">Rows differ in length.</exception>
    /// <exception cref="ArgumentException">Options do not go together, or with the number of elements.</exception>
    public static Batches<Tensor> Of(Array values, BatchOptions options)
    {
        using var tensor = ArrayTensor.Of(values, nameof(values));
        return OfTensors(tensor, options);
    }

    /// <summary>Batches of the rows of two arrays of numbers, such as samples and their labels.</summary>
    /// <param name="x">One, as in <see cref="Of(Array, BatchOptions)"/>.</param>
    /// <param name="y">The other, with as many elements.</param>
    /// <param name="options">Sizes, order and threads.</param>
    /// <returns>Batches of two tensors [batch, ...].</returns>
    /// <exception cref="DTypeException">No tensor has such elements; give a function that makes tensors of them.</exception>
    /// <exception cref="ShapeException">Rows differ in length.</exception>
    /// <exception cref="ArgumentException">
    /// The arrays differ in their number of elements, or options do not go together, or with that number.
    /// </exception>
    public static Batches<(Tensor X, Tensor Y)> Of(Array x, Array y, BatchOptions options)
    {
        RequireEqual(x, nameof(x), y, nameof(y));
        using var first = ArrayTensor.Of(x, nameof(x));
        using var second = ArrayTensor.Of(y, nameof(y));
        return OfTensors((X: first, Y: second), options);
    }

    private static void RequireEqual(Array x, string nameOfX, Array y, string nameOfY)
    {
        ArgumentNullException.ThrowIfNull(x, nameOfX);
        ArgumentNullException.ThrowIfNull(y, nameOfY);
        if (x.GetLongLength(0) != y.GetLongLength(0))
        {
            throw new ArgumentException(
                $"'{nameOfX}' has {x.GetLongLength(0)} elements, and '{nameOfY}' {y.GetLongLength(0)}: the first dim of both counts them.",
                nameOfY);
        }
    }
}
