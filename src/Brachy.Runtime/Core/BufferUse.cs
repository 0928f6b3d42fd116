using TorchSharp;

namespace Brachy;

/// <summary>A use of a tensor's memory, which stays until the use ends, whatever other threads do with the tensor.</summary>
internal readonly ref struct BufferUse(Buffer buffer)
{
    public Buffer Buffer { get; } = buffer;

    public torch.Tensor Torch => Buffer.AsTorch();

    public void Dispose() => Buffer.EndUse();
}

/// <summary>Uses of several tensors' memory that end together.</summary>
internal sealed class BufferUses : IDisposable
{
    private readonly List<Buffer> _buffers = [];

    /// <summary>Begins a use of a tensor's memory.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    /// <exception cref="DonatedTensorException">It was given away.</exception>
    /// <exception cref="ObjectDisposedException">It was freed.</exception>
    public Buffer Add(Tensor tensor)
    {
        var buffer = tensor.BeginUse();
        _buffers.Add(buffer);
        return buffer;
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
        {
            buffer.EndUse();
        }

        _buffers.Clear();
    }
}
