using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>
/// Puts tensors of another element type into a node and all below it, except those forced to high precision, and takes them
/// back at the end: the original where the tensor is still the same, and otherwise what is there now in the type of the original.
/// The nodes stay the same objects, so that views of them see the change.
/// </summary>
internal sealed class HalfPrecisionParams : IDisposable
{
    private readonly StructureTree _root;
    private readonly Dictionary<string, (Tensor Original, Tensor Half)> _changed = [];

    /// <param name="root">The node.</param>
    /// <param name="cast">Gives the tensor to compute with; the same tensor when it needs no change.</param>
    public HalfPrecisionParams(StructureTree root, Func<Tensor, Tensor> cast)
    {
        _root = root;
        Cast(root, "", 0, cast);
    }

    public void Dispose()
    {
        if (_changed.Count > 0)
        {
            Restore(_root, "", 0);
        }
    }

    private void Cast(StructureTree node, string path, int depth, Func<Tensor, Tensor> cast)
    {
        if (MixedPrecision.IsForced(node))
        {
            return;
        }

        RequireEnd(depth);
        node.Params = Cast(node.Params, $"{path}/params", cast);
        foreach (var (key, below) in node.Submodules)
        {
            Cast(below, $"{path}/{key}", depth + 1, cast);
        }
    }

    private TreeDictionary<TreeValue> Cast(TreeDictionary<TreeValue> values, string path, Func<Tensor, Tensor> cast)
    {
        var before = _changed.Count;
        var result = values.Map((key, value) => value.Map($"{path}/{key}", (place, tensor) =>
        {
            var half = cast(tensor);
            if (!ReferenceEquals(half, tensor))
            {
                _changed.Add(place, (tensor, half));
            }

            return TreeValue.InScope(half);
        }));
        return _changed.Count > before ? result : values;
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
            if (!_changed.TryGetValue(place, out var entry))
            {
                return TreeValue.InScope(tensor);
            }

            if (ReferenceEquals(tensor, entry.Half))
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
