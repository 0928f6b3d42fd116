using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>
/// Puts tensors of another element type into a node and all below it, except those forced to high precision, and takes them
/// back at the end: the original where the tensor is still the same, and otherwise what is there now in the type of the original.
/// The nodes stay the same objects, so that views of them see the change.
/// </summary>
internal sealed class LoweredTree : IDisposable
{
    private readonly StructureTree _root;
    private readonly Dictionary<string, (Tensor Original, Tensor Lowered)> _lowered = [];

    /// <param name="root">The node.</param>
    /// <param name="lower">Gives the tensor to compute with; the same tensor when it needs no change.</param>
    public LoweredTree(StructureTree root, Func<Tensor, Tensor> lower)
    {
        _root = root;
        Lower(root, "", 0, lower);
    }

    public void Dispose()
    {
        if (_lowered.Count > 0)
        {
            Restore(_root, "", 0);
        }
    }

    private void Lower(StructureTree node, string path, int depth, Func<Tensor, Tensor> lower)
    {
        if (MixedPrecision.IsForced(node))
        {
            return;
        }

        RequireEnd(depth);
        node.Params = Lower(node.Params, $"{path}/params", lower);
        foreach (var (key, below) in node.Submodules)
        {
            Lower(below, $"{path}/{key}", depth + 1, lower);
        }
    }

    private TreeDictionary<TreeValue> Lower(TreeDictionary<TreeValue> values, string path, Func<Tensor, Tensor> lower)
    {
        var before = _lowered.Count;
        var result = values.Map((key, value) => value.Map($"{path}/{key}", (place, tensor) =>
        {
            var lowered = lower(tensor);
            if (!ReferenceEquals(lowered, tensor))
            {
                _lowered.Add(place, (tensor, lowered));
            }

            return TreeValue.InScope(lowered);
        }));
        return _lowered.Count > before ? result : values;
    }

    private void Restore(StructureTree node, string path, int depth)
    {
        RequireEnd(depth);
        node.Params = Restore(node.Params, $"{path}/params");
        node.Buffers = Restore(node.Buffers, $"{path}/buffers");
        foreach (var (key, below) in node.Submodules)
        {
            Restore(below, $"{path}/{key}", depth + 1);
        }
    }

    private TreeDictionary<TreeValue> Restore(TreeDictionary<TreeValue> values, string path) =>
        values.Map((key, value) => value.Map($"{path}/{key}", (place, tensor) =>
        {
            if (!_lowered.TryGetValue(place, out var entry))
            {
                return TreeValue.InScope(tensor);
            }

            if (ReferenceEquals(tensor, entry.Lowered))
            {
                return TreeValue.InScope(entry.Original);
            }

            return tensor.dtype.IsFloatingPoint() ? tensor.to(entry.Original.dtype) : tensor;
        }));

    private void RequireEnd(int depth)
    {
        if (NestingDepth.IsTooDeep(depth))
        {
            throw TreeDepth.Endless(_root);
        }
    }
}
