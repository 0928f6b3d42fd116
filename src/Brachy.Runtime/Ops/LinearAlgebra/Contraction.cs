namespace Brachy;

/// <summary>A tensor whose dims carry labels; equal labels of two tensors mean the same dim. No label repeats.</summary>
internal readonly record struct Labelled(Tensor Value, int[] Labels)
{
    /// <summary>Sums over the dims whose labels nobody needs.</summary>
    public Labelled SumTo(Func<int, bool> isNeeded)
    {
        var labels = Labels;
        var gone = Enumerable.Range(0, labels.Length).Where(d => !isNeeded(labels[d])).Select(d => (long)d).ToArray();
        return gone.Length == 0 ? this : new(F.sum(Value, gone, dtype: Value.dtype), [.. labels.Where(isNeeded)]);
    }

    /// <summary>
    /// The product of two tensors, summed over the labels that both have and nobody needs. The others come in the order: those of both,
    /// those of this one, those of the other. It is one matrix product where something is summed, and one multiplication where not.
    /// </summary>
    public Labelled Times(Labelled other, Func<int, bool> isNeeded)
    {
        var (a, b) = (SumTo(l => isNeeded(l) || other.Labels.Contains(l)), other);
        b = b.SumTo(l => isNeeded(l) || a.Labels.Contains(l));
        int[] shared = [.. a.Labels.Where(b.Labels.Contains)];
        int[] batch = [.. shared.Where(isNeeded)];
        int[] summed = [.. shared.Except(batch)];
        int[] left = [.. a.Labels.Except(shared)];
        int[] right = [.. b.Labels.Except(shared)];
        int[] labels = [.. batch, .. left, .. right];
        if (summed.Length == 0)
        {
            var row = a.InOrder([.. batch, .. left]);
            var ones = Enumerable.Repeat(1L, right.Length);
            return new(
                F.mul(right.Length == 0 ? row : F.reshape(row, [.. row.shape, .. ones]), b.Spread(batch, left.Length, right)), labels);
        }

        var sizes = labels.Select(l => a.Labels.Contains(l) ? a.Size(l) : b.Size(l));
        var product = F.matmul(a.Merged(batch, left, summed), b.Merged(batch, summed, right));
        return new(F.reshape(product, [.. sizes]), labels);
    }

    /// <summary>The tensor with its dims in the order of the given labels, which are all it has.</summary>
    public Tensor InOrder(int[] order)
    {
        var labels = Labels;
        return F.permute(Value, Array.ConvertAll(order, l => (long)Array.IndexOf(labels, l)));
    }

    private long Size(int label) => Value.shape[Array.IndexOf(Labels, label)];

    /// <summary>The dims of a batch, of ones for each label that only the other factor has, and the rest.</summary>
    private Tensor Spread(int[] batch, int ones, int[] rest)
    {
        var value = InOrder([.. batch, .. rest]);
        var sizes = value.shape.AsSpan();
        return ones == 0 ? value : F.reshape(value, [.. sizes[..batch.Length], .. Enumerable.Repeat(1L, ones), .. sizes[batch.Length..]]);
    }

    /// <summary>
    /// A batch of matrices, whose rows and columns are each several dims in one; no dims for rows and columns give a
    /// vector where that is possible.
    /// </summary>
    private Tensor Merged(int[] batch, int[] rows, int[] columns)
    {
        var value = InOrder([.. batch, .. rows, .. columns]);
        var sizes = value.shape.ToArray();
        long Product(int start, int count) => sizes.AsSpan(start, count).ToArray().Aggregate(1L, (n, size) => n * size);
        var (height, width) = (Product(batch.Length, rows.Length), Product(batch.Length + rows.Length, columns.Length));
        long[] matrix =
            batch.Length == 0 && rows.Length == 0 ? [width] : batch.Length == 0 && columns.Length == 0 ? [height] : [height, width];
        return F.reshape(value, [.. sizes.AsSpan(0, batch.Length), .. matrix]);
    }
}
