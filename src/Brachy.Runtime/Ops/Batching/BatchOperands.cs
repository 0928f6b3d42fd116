namespace Brachy.Extending;

// Operands of batching rules in the forms that rules need.
public abstract partial class BatchArgs
{
    /// <summary>An operand with the batch as dim 0: as it is, or the same for all samples.</summary>
    public Tensor Expanded(int index) =>
        IsBatched(index) ? this[index] : F.expand(this[index], [Size, .. Types[index].Shape]);

    /// <summary>
    /// A batched operand with dims of size 1 behind the batch, so that its sample has a number of dims and broadcasts as one without the
    /// batch does; another operand as it is.
    /// </summary>
    /// <param name="index">The operand.</param>
    /// <param name="rank">The number of dims of the sample.</param>
    public Tensor Aligned(int index, int rank)
    {
        var shape = Types[index].Shape;
        return IsBatched(index) && shape.Rank < rank
            ? F.reshape(this[index], [Size, .. Enumerable.Repeat(1L, rank - shape.Rank), .. shape])
            : this[index];
    }

    /// <summary>A result in the shape that it has for a batch of samples.</summary>
    /// <param name="result">The tensor, which has as many elements.</param>
    /// <param name="index">The number of the result.</param>
    internal Tensor InShape(Tensor result, int index)
    {
        Shape shape = [Size, .. Outputs[index].Shape];
        return result.shape == shape ? result : F.reshape(result, shape);
    }
}
