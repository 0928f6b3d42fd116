namespace Brachy.Data;

/// <summary>Gives out tensors of one batch, and knows them until it is made.</summary>
internal sealed class BatchMemory(BufferRing ring, bool reuse)
{
    private readonly List<Tensor> _tensors = [];
    private bool _isDone;

    /// <summary>A tensor of zeros, and its memory.</summary>
    public (Tensor Tensor, Memory<byte> Memory) Take(TensorType type)
    {
        Memory<byte> memory = default;
        var tensor = type.ByteSize > 0 ? ring.Take(type, out memory) : Empty(type);
        lock (_tensors)
        {
            if (!_isDone)
            {
                _tensors.Add(tensor);
                return (tensor, memory);
            }
        }

        tensor.Dispose();
        throw new InvalidOperationException("The batch has been made already; take its tensors before it is returned.");
    }

    /// <summary>Makes a batch. When that fails, its tensors are freed.</summary>
    public MadeBatch<TBatch> Fill<TBatch>(Func<TBatch> make)
    {
        var isMade = false;
        try
        {
            var value = make();
            isMade = true;
            return new(value, reuse ? _tensors : []);
        }
        finally
        {
            lock (_tensors)
            {
                _isDone = true;
            }

            if (!isMade)
            {
                _tensors.ForEach(tensor => tensor.Dispose());
            }
        }
    }

    private static Tensor Empty(TensorType type)
    {
        var tensor = F.zeros(type.Shape, type.DType);
        TensorScope.Release(tensor);
        return tensor;
    }
}
