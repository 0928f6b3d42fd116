using Brachy.CompilerServices;

namespace Brachy.Trees;

/// <summary>Walks two trees at once and notes where they differ.</summary>
internal sealed class TreeComparer(TreeComparison how)
{
    private readonly List<TreeDifference> _differences = [];
    private readonly List<(string Path, Tensor Left, Tensor Right)> _pairs = [];
    private readonly HashSet<(Tensor Left, Tensor Right)> _compared = [];

    public IEnumerable<TreeDifference> Compare(StructureTree left, StructureTree right)
    {
        Nodes("", left, right);
        Sharing();
        return _differences;
    }

    private void Nodes(string path, StructureTree left, StructureTree right)
    {
        if (how.Parts.HasFlag(TreeParts.Apply) && !Equals(left.ApplyFn, right.ApplyFn))
        {
            var isSameName = left.ApplyFn?.Name == right.ApplyFn?.Name;
            Add(path, TreeDifferenceKind.Apply, isSameName
                ? $"the apply functions differ, though both are called {left.ApplyFn?.Name}"
                : $"the apply function is {left.ApplyFn?.Name ?? "none"} on the left, {right.ApplyFn?.Name ?? "none"} on the right");
        }

        if (how.Parts.HasFlag(TreeParts.Aux))
        {
            Entries(
                path, left.Aux, right.Aux, TreeDifferenceKind.Aux, TreeDifferenceKind.Aux, _ => null,
                v => $"the aux value {StaticText.Of(v)}", Aux);
        }

        if (how.Parts.HasFlag(TreeParts.Params))
        {
            Entries(path, left.Params, right.Params, key => Form(left, right, key), v => $"the param {TreePath.Describe(v)}", Values);
        }

        if (how.Parts.HasFlag(TreeParts.Buffers))
        {
            Entries(path, left.Buffers, right.Buffers, key => Form(left, right, key), v => $"the buffer {TreePath.Describe(v)}", Values);
        }

        Entries(
            path, left.Submodules, right.Submodules, key => Form(left, right, key), v => $"the submodule {v.ApplyFn?.Name ?? "(no apply)"}",
            Nodes);
    }

    private void Entries<T>(
        string path, TreeDictionary<T> left, TreeDictionary<T> right, Func<string, string?> form, Func<T, string> describe,
        Action<string, T, T> compare) =>
        Entries(path, left, right, TreeDifferenceKind.Missing, TreeDifferenceKind.Unexpected, form, describe, compare);

    /// <param name="path">The path of what holds the entries.</param>
    /// <param name="left">The entries of the left tree.</param>
    /// <param name="right">The entries of the right tree.</param>
    /// <param name="missing">The difference where only the left tree has a key.</param>
    /// <param name="unexpected">The difference where only the right tree has a key.</param>
    /// <param name="form">Says of a key that only one side has that it is there in another form; empty if that was said already.</param>
    /// <param name="describe">What to say of a value.</param>
    /// <param name="compare">Compares the values of a key.</param>
    private void Entries<T>(
        string path, TreeDictionary<T> left, TreeDictionary<T> right, TreeDifferenceKind missing, TreeDifferenceKind unexpected,
        Func<string, string?> form, Func<T, string> describe, Action<string, T, T> compare)
    {
        foreach (var (key, value) in left)
        {
            var place = TreePath.Join(path, key);
            if (right.TryGetValue(key, out var other))
            {
                compare(place, value, other);
            }
            else if (form(key) is { } message)
            {
                Add(place, TreeDifferenceKind.Form, message);
            }
            else
            {
                Add(place, missing, $"the right has nothing; the left has {describe(value)}");
            }
        }

        foreach (var (key, value) in right)
        {
            if (!left.ContainsKey(key) && form(key) is null)
            {
                Add(TreePath.Join(path, key), unexpected, $"the left has nothing; the right has {describe(value)}");
            }
        }

        if (!left.KeySet.Equals(right.KeySet)
            && left.Keys.Order(StringComparer.Ordinal).SequenceEqual(right.Keys.Order(StringComparer.Ordinal)))
        {
            Add(path, TreeDifferenceKind.Order, $"the keys are {left.KeySet} on the left, {right.KeySet} on the right");
        }
    }

    /// <summary>What to say of a key that is a param on one side and a buffer on the other, say.</summary>
    private static string? Form(StructureTree left, StructureTree right, string key)
    {
        var (own, other) = (PartOf(left, key), PartOf(right, key));
        return own is null || other is null ? null : $"it is {Article.With(own)} on the left, {Article.With(other)} on the right";

        static string? PartOf(StructureTree node, string key) =>
            node.Params.ContainsKey(key) ? "param"
                : node.Buffers.ContainsKey(key) ? "buffer"
                : node.Submodules.ContainsKey(key) ? "submodule"
                : null;
    }

    private void Aux(string path, object? left, object? right)
    {
        if (!StaticValue.HasSameContent(path, left, right))
        {
            Add(path, TreeDifferenceKind.Aux, $"the aux value is {StaticText.Of(left)} on the left, {StaticText.Of(right)} on the right");
        }
    }

    private void Values(string path, TreeValue left, TreeValue right)
    {
        switch (left.Value, right.Value)
        {
            case (null, null):
                break;
            case (Tensor a, Tensor b):
                Tensors(path, a, b);
                break;
            case (StructureTree a, StructureTree b):
                Nodes(path, a, b);
                break;
            case (TreeDictionary<TreeValue> a, TreeDictionary<TreeValue> b):
                Entries(path, a, b, _ => null, TreePath.Describe, Values);
                break;
            case (TreeValue[] a, TreeValue[] b) when a.Length == b.Length:
                for (var i = 0; i < a.Length; i++)
                {
                    Values(TreePath.Join(path, TreeKey.Of(i)), a[i], b[i]);
                }

                break;
            default:
                Add(
                    path, TreeDifferenceKind.Form,
                    $"there is {TreePath.Describe(left)} on the left, {TreePath.Describe(right)} on the right");
                break;
        }
    }

    private void Tensors(string path, Tensor left, Tensor right)
    {
        _pairs.Add((path, left, right));
        if (!_compared.Add((left, right)))
        {
            return;
        }

        var before = _differences.Count;
        Property(TreeDifferenceKind.Shape, "shape", left.shape.ToString(), right.shape.ToString());
        Property(TreeDifferenceKind.DType, "element type", left.dtype.Name(), right.dtype.Name());
        Property(TreeDifferenceKind.Device, "device", left.device.ToString(), right.device.ToString());
        if (how.ComparesValues && _differences.Count == before && TensorComparison.Difference(left, right, how) is { } difference)
        {
            Add(path, TreeDifferenceKind.Value, difference);
        }

        void Property(TreeDifferenceKind kind, string name, string own, string other)
        {
            if (own != other)
            {
                Add(path, kind, $"the {name} is {own} on the left, {other} on the right");
            }
        }
    }

    /// <summary>Each place should share its tensor with the same first place in both trees.</summary>
    private void Sharing()
    {
        var lefts = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        var rights = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        foreach (var (path, left, right) in _pairs)
        {
            lefts.TryAdd(left, path);
            rights.TryAdd(right, path);
            if (lefts[left] != rights[right])
            {
                Add(path, TreeDifferenceKind.Sharing, $"it is {Name(lefts[left])} on the left, {Name(rights[right])} on the right");
            }

            string Name(string first) => first == path ? "a weight of its own" : $"the weight of {first}";
        }
    }

    private void Add(string path, TreeDifferenceKind kind, string message) => _differences.Add(new(path, kind, message));
}
