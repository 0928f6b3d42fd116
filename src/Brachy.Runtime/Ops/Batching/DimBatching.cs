namespace Brachy.Extending;

// Batches of primitives whose settings name dims and sizes.
public sealed partial class Batching
{
    /// <summary>
    /// A primitive whose settings name dims, or the shape of the result: the same one on operands with the batch in front, with settings in
    /// which dims are one further and shapes have the batch in front.
    /// </summary>
    /// <param name="shift">From the settings for one sample to those for a batch.</param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Batching<TSettings> Dims<TSettings>(Func<TSettings, BatchDims, TSettings> shift)
        where TSettings : Settings =>
        Multi<TSettings>(x =>
        {
            var operands = new Tensor[x.Count];
            for (var i = 0; i < operands.Length; i++)
            {
                // A value without dims takes dim 0 for granted; so does a row of one.
                operands[i] = x.IsNumber(i) ? x[i] : x.Types[i].Rank > 0 ? x.Expanded(i) : F.reshape(x.Expanded(i), [x.Size, 1]);
            }

            var results = x.Primitive.BindUntyped(shift(x.Settings, new BatchDims(x.Size, x.Types[0].Shape)), operands);
            for (var i = 0; i < results.Length; i++)
            {
                results[i] = x.InShape(results[i], i);
            }

            return results;
        });
}

/// <summary>How dims and shapes of one sample are those of a batch.</summary>
/// <param name="Size">The number of samples.</param>
/// <param name="Sample">The shape of the first operand, for one sample.</param>
public readonly record struct BatchDims(long Size, Shape Sample)
{
    /// <summary>A dim behind the batch; one that counts from the end stays.</summary>
    public long Dim(long dim) => dim < 0 ? dim : dim + 1;

    /// <summary>Dims behind the batch.</summary>
    public Shape Dims(Shape dims) => [.. dims.Select(Dim)];

    /// <summary>
    /// Dims behind the batch, where none stand for all of the operand, and a value without dims has one.
    /// </summary>
    public Shape DimsOrAll(Shape dims) => dims.Rank > 0 ? Dims(dims) : [.. Enumerable.Range(1, Math.Max(Sample.Rank, 1))];

    /// <summary>A shape with the batch in front.</summary>
    public Shape Shape(Shape shape) => [Size, .. shape];
}
