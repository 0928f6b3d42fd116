using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy;

// A tree taken apart by tensors, and put together again.
public sealed partial class StructureTree
{
    /// <summary>
    /// Two trees that share the tensors out: those that a filter picks, and the others. Both keep all nodes, keys, aux values and apply
    /// functions, and have <see cref="TreeValue.None"/> where the other has the tensor; <see cref="Combine"/> undoes it.
    /// </summary>
    /// <remarks>
    /// A shared weight goes as a whole with any of its places that is picked, so that a gradient by the first tree is that of all its uses.
    /// </remarks>
    /// <param name="filter">A pattern, such as <c>"encoder.**"</c>, or a predicate.</param>
    public (StructureTree Selected, StructureTree Others) Partition(PathFilter filter)
    {
        var selected = new HashSet<Tensor>(Select(filter).Select(t => t.Tensor), ReferenceEqualityComparer.Instance);
        return (Part(wanted: true), Part(wanted: false));

        StructureTree Part(bool wanted) =>
            MapValues("", (_, tensor) => selected.Contains(tensor) == wanted ? TreeValue.InScope(tensor) : TreeValue.None);
    }

    /// <summary>
    /// Trees put together of which each has some of the tensors, as <see cref="Partition"/> gives them: at each place the value that is not
    /// <see cref="TreeValue.None"/>. A node or key that a tree lacks counts as none. Keys keep the order in which they come up.
    /// </summary>
    /// <param name="parts">The trees; they are left as they are.</param>
    /// <exception cref="ArgumentException">
    /// There are no trees; or two have different tensors, aux values or apply functions at one place. The message names the place.
    /// </exception>
    public static StructureTree Combine(params StructureTree[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        Array.ForEach(parts, part => ArgumentNullException.ThrowIfNull(part, nameof(parts)));
        return parts.Length > 0
            ? parts[1..].Aggregate(parts[0].Copy(), (left, right) => Combined("", left, right.Copy()))
            : throw new ArgumentException("There are no trees to combine.", nameof(parts));
    }

    private static StructureTree Combined(string path, StructureTree left, StructureTree right)
    {
        var result = new StructureTree
        {
            _params = Combined(path, left.Params, right.Params, Combined),
            _buffers = Combined(path, left.Buffers, right.Buffers, Combined),
            _aux = Combined(path, left.Aux, right.Aux, CombinedAux),
            _submodules = Combined(path, left.Submodules, right.Submodules, Combined),
            ApplyFn = left.ApplyFn is null || right.ApplyFn is null || left.ApplyFn.Equals(right.ApplyFn)
                ? left.ApplyFn ?? right.ApplyFn
                : throw Conflict(path, $"different apply functions, {left.ApplyFn.Name} and {right.ApplyFn.Name}"),
        };
        var ambiguous = result.Params.Keys.FirstOrDefault(key => result.Buffers.ContainsKey(key) || result.Submodules.ContainsKey(key))
            ?? result.Buffers.Keys.FirstOrDefault(result.Submodules.ContainsKey);
        return ambiguous is null
            ? result
            : throw Conflict(Join(path, ambiguous), "places of different kinds: a param, a buffer or a submodule");
    }

    private static TreeDictionary<T> Combined<T>(
        string path, TreeDictionary<T> left, TreeDictionary<T> right, Func<string, T, T, T> combine)
    {
        var result = left.Copy();
        foreach (var (key, value) in right)
        {
            result[key] = left.TryGetValue(key, out var own) ? combine(Join(path, key), own, value) : value;
        }

        return result;
    }

    private static TreeValue Combined(string path, TreeValue left, TreeValue right) => (left.Value, right.Value) switch
    {
        (_, null) => left,
        (null, _) => right,
        (StructureTree a, StructureTree b) => Combined(path, a, b),
        (TreeDictionary<TreeValue> a, TreeDictionary<TreeValue> b) => Combined(path, a, b, Combined),
        (TreeValue[] a, TreeValue[] b) when a.Length == b.Length =>
            a.Zip(b, (x, y) => (x, y)).Select((pair, i) => Combined(Join(path, TreeKey.Of(i)), pair.x, pair.y)).ToArray(),
        (Tensor a, Tensor b) when ReferenceEquals(a, b) => left,
        _ => throw Conflict(path, $"values, {TreePath.Describe(left)} and {TreePath.Describe(right)}; one of them must be None"),
    };

    private static object? CombinedAux(string path, object? left, object? right) => StaticValue.HasSameContent(path, left, right)
        ? left
        : throw Conflict(path, $"different aux values, {StaticText.Of(left)} and {StaticText.Of(right)}");

    private static ArgumentException Conflict(string path, string what) =>
        new($"Two of the trees have {what}, at {(path.Length == 0 ? "the root" : $"'{path}'")}.", "parts");
}
