namespace Brachy.NN;

/// <summary>
/// Combines the masks of <see cref="MultiheadAttention"/>, in which true hides a key, into one for
/// <see cref="F.scaled_dot_product_attention"/>, in which true shows it.
/// </summary>
/// <param name="query">[N, heads, L, size of a head].</param>
/// <param name="keys">S.</param>
/// <param name="dtype">The element type of queries.</param>
/// <param name="device">Their device.</param>
/// <param name="isBatched">Whether the layer's inputs have a batch.</param>
internal readonly struct AttentionMasks(Shape query, long keys, DType dtype, Device device, bool isBatched)
{
    private const string Layer = nameof(MultiheadAttention);

    /// <param name="padding">[N, S], or [S] without a batch; null for none.</param>
    /// <param name="attention">[L, S] or [N · heads, L, S]; null for none.</param>
    /// <param name="causal">Whether a query sees only its own and earlier keys.</param>
    /// <param name="added">The number of keys that the layer appends: every query sees them.</param>
    /// <returns>One mask that broadcasts to [N, heads, L, S + added], or whether queries see no later keys.</returns>
    public (Tensor? Mask, bool IsCausal) Combine(Tensor? padding, Tensor? attention, bool causal, long added)
    {
        var hidden = Join(Fit(padding), FitAttention(attention));
        if (causal && (hidden is not null || added > 0))
        {
            hidden = Join(hidden, F.triu(F.ones([query[2], keys], DType.Bool, device), 1));
            causal = false;
        }

        if (hidden is not null && added > 0)
        {
            hidden = F.cat([hidden, F.zeros([.. hidden.shape.AsSpan()[..^1], added], hidden.dtype, hidden.device)], -1);
        }

        return (hidden?.dtype == DType.Bool ? F.logical_not(hidden) : hidden, causal);
    }

    private Tensor? Join(Tensor? left, Tensor? right)
    {
        if (left is null || right is null)
        {
            return left ?? right;
        }

        return left.dtype == DType.Bool && right.dtype == DType.Bool ? F.logical_or(left, right) : Additive(left) + Additive(right);
    }

    private Tensor Additive(Tensor mask) => mask.dtype == DType.Bool
        ? F.where(mask, double.NegativeInfinity, F.zeros(Shape.Scalar, dtype, mask.device))
        : mask;

    private Tensor? Fit(Tensor? padding)
    {
        Shape expected = isBatched ? [query[0], keys] : [keys];
        return padding is null
            ? null
            : F.reshape(Checked("keyPaddingMask", padding, padding.shape == expected, $"{expected}"), query[0], 1, 1, keys);
    }

    private Tensor? FitAttention(Tensor? mask)
    {
        if (mask is null)
        {
            return null;
        }

        Shape forAll = [query[2], keys];
        Shape forEach = [query[0] * query[1], query[2], keys];
        mask = Checked("attnMask", mask, mask.shape == forAll || mask.shape == forEach, $"{forAll} or {forEach}");
        return mask.ndim == 2 ? mask : F.reshape(mask, query[0], query[1], query[2], keys);
    }

    private Tensor Checked(string name, Tensor mask, bool fits, string expected)
    {
        if (mask.dtype != DType.Bool && !mask.dtype.IsFloatingPoint())
        {
            throw new DTypeException($"{Layer}: {name} must be bool or floating-point, but is {mask.Type}; compare it: F.ne(mask, 0).");
        }

        if (!fits)
        {
            throw new ShapeException($"{Layer}: {name} is {mask.Type}, but must have the shape {expected}.");
        }

        return mask.dtype == DType.Bool ? mask : mask.to(dtype);
    }
}
