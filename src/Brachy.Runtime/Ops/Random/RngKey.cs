namespace Brachy;

/// <summary>
/// The origin of random numbers: the same key gives the same numbers, always, compiled or not. Use a key once; make
/// further ones with <see cref="Rng.Split"/> and <see cref="Rng.FoldIn(RngKey, Tensor)"/>.
/// </summary>
public sealed class RngKey : ITraced
{
    /// <summary>Takes a tensor as a key, such as an argument of a traced function.</summary>
    /// <param name="tensor">int64 without dims, on the CPU; the <see cref="Tensor"/> of another key.</param>
    /// <exception cref="ArgumentNullException"><paramref name="tensor"/> is null.</exception>
    /// <exception cref="ShapeException">The tensor has dims.</exception>
    /// <exception cref="DTypeException">The tensor is not int64.</exception>
    public RngKey(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ndim != 0)
        {
            throw new ShapeException($"RngKey: a key has no dims, but the tensor is {tensor.Type}; make one with Rng.Seed.");
        }

        if (tensor.dtype != DType.Int64)
        {
            throw new DTypeException($"RngKey: a key is an int64 tensor, but this one is {tensor.Type}; make one with Rng.Seed.");
        }

        Tensor = tensor;
    }

    /// <summary>The key as an int64 tensor without dims; traced in a traced function.</summary>
    public Tensor Tensor { get; }

    /// <summary>The key's number, or that it is traced.</summary>
    public override string ToString() => $"RngKey({Tensor})";
}
