using Brachy.CompilerServices;

namespace Brachy.Data;

/// <summary>Elements that lie in tensors, one for each index of the first dim.</summary>
internal sealed class TensorRows<T>
{
    private readonly TreeHandler<T> _handler = TreeHandler.For<T>();
    private readonly TreeDef _definition;
    private readonly Tensor[] _leaves;

    /// <exception cref="ArgumentException">There are no tensors, or they do not fit.</exception>
    public TensorRows(T data)
    {
        (_definition, var leaves) = Parts.Of(_handler, data);
        if (leaves.Length == 0)
        {
            throw new ArgumentException("There are no tensors to make batches of.", nameof(data));
        }

        foreach (var (leaf, i) in leaves.Select((leaf, i) => (leaf, i)))
        {
            var path = _definition.LeafPaths?[i] ?? "value";
            if (leaf.ndim == 0 || leaf.shape[0] != leaves[0].shape[0])
            {
                throw new ArgumentException(
                    $"'{path}' is {leaf.Type}, and the first tensor {leaves[0].Type}: the first dim of all tensors counts the elements.",
                    nameof(data));
            }

            if (leaf.device != Device.CPU)
            {
                throw new ArgumentException(
                    $"'{path}' lies on {leaf.device}; batches are made in main memory: give x.to(Device.CPU), and move the batches.",
                    nameof(data));
            }
        }

        if (leaves[0].shape[0] > Array.MaxLength)
        {
            throw new ArgumentException($"There are {leaves[0].shape[0]} elements, and can be {Array.MaxLength} at most.", nameof(data));
        }

        _leaves = Array.ConvertAll(leaves, Own);
    }

    /// <summary>The number of elements.</summary>
    public int Count => (int)_leaves[0].shape[0];

    /// <summary>Copies elements.</summary>
    public T Take(int[] indices, BatchMemory memory)
    {
        var taken = Array.ConvertAll(_leaves, leaf =>
        {
            var (tensor, bytes) = memory.Take(leaf.Type.WithShape((long[])[indices.Length, .. leaf.shape.Sizes[1..]]));
            Copy(leaf, indices, bytes.Span);
            return tensor;
        });
        return _handler.Unflatten(new TreeUnflattener(_definition, taken, forCaller: true));
    }

    private static unsafe void Copy(Tensor source, int[] indices, Span<byte> target)
    {
        var length = target.Length / indices.Length;
        if (length == 0)
        {
            return;
        }

        using var use = source.Use();
        var memory = (byte*)use.Buffer.DenseMemory(source.numel());
        for (var i = 0; i < indices.Length; i++)
        {
            new ReadOnlySpan<byte>(memory + ((long)indices[i] * length), length).CopyTo(target.Slice(i * length, length));
        }
    }

    /// <summary>A dense tensor over the same memory, or a copy, which stays whatever becomes of the caller's.</summary>
    private static Tensor Own(Tensor leaf)
    {
        using (var use = leaf.Use())
        {
            if (leaf.numel() == 0 || use.Buffer.DenseMemory(leaf.numel()) != 0)
            {
                return leaf.Alias();
            }

            using var dense = use.Torch.contiguous();
            var copy = Tensor.FromTorch(dense);
            TensorScope.Release(copy);
            return copy;
        }
    }
}
