namespace Brachy.NN;

/// <summary>Takes the inputs of <see cref="MultiheadAttention"/> apart, for wrappers that look at a module's tensors.</summary>
internal sealed class AttentionInputs
    : TreeHandler<(Tensor Query, Tensor Key, Tensor Value, Tensor? KeyPaddingMask, bool NeedWeights, Tensor? AttnMask, bool AverageAttnWeights, bool IsCausal)>
{
    /// <inheritdoc/>
    public override void Flatten(
        (Tensor Query, Tensor Key, Tensor Value, Tensor? KeyPaddingMask, bool NeedWeights, Tensor? AttnMask, bool AverageAttnWeights, bool IsCausal) value,
        TreeFlattener flattener)
    {
        foreach (var tensor in (ReadOnlySpan<Tensor?>)[value.Query, value.Key, value.Value, value.KeyPaddingMask, value.AttnMask])
        {
            flattener.Leaf(tensor);
        }

        flattener.Static((value.NeedWeights, value.AverageAttnWeights, value.IsCausal));
    }

    /// <inheritdoc/>
    public override (Tensor Query, Tensor Key, Tensor Value, Tensor? KeyPaddingMask, bool NeedWeights, Tensor? AttnMask, bool AverageAttnWeights, bool IsCausal) Unflatten(
        TreeUnflattener unflattener)
    {
        var (query, key, value) = (unflattener.Leaf()!, unflattener.Leaf()!, unflattener.Leaf()!);
        var (keyPaddingMask, attnMask) = (unflattener.Leaf(), unflattener.Leaf());
        var (needWeights, averageAttnWeights, isCausal) = unflattener.Static<(bool, bool, bool)>();
        return (query, key, value, keyPaddingMask, needWeights, attnMask, averageAttnWeights, isCausal);
    }
}
