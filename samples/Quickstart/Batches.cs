using Brachy;
using Quickstart.Data;

namespace Quickstart;

/// <summary>A set of images as two tensors, and random batches of it.</summary>
internal sealed class Batches(DigitSet digits)
{
    private readonly Tensor _images = Tensor.FromArray(digits.Images, [digits.Count, DigitSet.Pixels]);
    private readonly Tensor _labels = Tensor.FromArray(Array.ConvertAll(digits.Labels, label => (long)label), [digits.Count]);

    public Tensor Images => _images;

    public Tensor Labels => _labels;

    /// <summary>All images once, in an order drawn from the key; an incomplete last batch is left out.</summary>
    public IEnumerable<(Tensor Images, Tensor Labels)> Shuffled(RngKey key, int batchSize)
    {
        using var order = Rng.Permutation(digits.Count, key);
        for (var start = 0; start + batchSize <= digits.Count; start += batchSize)
        {
            using var indices = order.narrow(0, start, batchSize);
            yield return (F.index_select(_images, 0, indices), F.index_select(_labels, 0, indices));
        }
    }
}
