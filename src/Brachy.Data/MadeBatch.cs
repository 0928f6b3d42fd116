namespace Brachy.Data;

/// <summary>A batch, and the tensors that were made for it.</summary>
internal sealed class MadeBatch<TBatch>(TBatch value, IReadOnlyList<Tensor> tensors)
{
    public TBatch Value => value;

    /// <summary>Frees the tensors. Their memory goes back when nothing else uses it.</summary>
    public void Free()
    {
        foreach (var tensor in tensors)
        {
            tensor.Dispose();
        }
    }
}

/// <summary>A batch to be made: its number in the epoch, and how.</summary>
internal sealed record BatchJob<TBatch>(long Number, Func<MadeBatch<TBatch>> Make);
