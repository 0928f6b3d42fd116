using Brachy.CompilerServices;
using TorchSharp;

namespace Brachy.Data;

/// <summary>Puts the tensors of elements below each other.</summary>
internal static class RowStack
{
    public static TRow Of<T, TRow>(T[] items, Func<T, TRow> map, BatchMemory memory)
    {
        var handler = TreeHandler.For<TRow>();
        TreeDef? definition = null;
        (Tensor Tensor, Memory<byte> Memory)[] stacked = [];
        for (var i = 0; i < items.Length; i++)
        {
            // What the function makes for an element is of no use afterwards.
            using var scope = TensorScope.Begin();
            var (own, leaves) = Parts.Of(handler, map(items[i]));
            if (definition is null)
            {
                definition = own;
                stacked = Array.ConvertAll(
                    leaves, leaf => memory.Take(new TensorType((long[])[items.Length, .. leaf.shape.Sizes], leaf.dtype)));
            }
            else
            {
                Parts.RequireEqual(definition, own, i);
            }

            for (var leaf = 0; leaf < leaves.Length; leaf++)
            {
                var length = stacked[leaf].Memory.Length / items.Length;
                Copy(leaves[leaf], stacked[leaf].Memory.Span.Slice(i * length, length));
            }
        }

        return handler.Unflatten(
            new TreeUnflattener(definition!, Array.ConvertAll(stacked, leaf => leaf.Tensor), forCaller: true));
    }

    private static unsafe void Copy(Tensor source, Span<byte> target)
    {
        if (target.Length == 0)
        {
            return;
        }

        using var use = source.Use();
        if (source.device == Device.CPU && use.Buffer.DenseMemory(source.numel()) is not 0 and var memory)
        {
            new ReadOnlySpan<byte>((void*)memory, target.Length).CopyTo(target);
            return;
        }

        using var scope = torch.NewDisposeScope();
        use.Torch.cpu().contiguous().bytes.CopyTo(target);
    }
}
