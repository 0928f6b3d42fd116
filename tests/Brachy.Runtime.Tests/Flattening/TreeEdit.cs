using Brachy.Trees;

namespace Brachy.Tests.Flattening;

/// <summary>What somebody may do to a node of a tree between two calls.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Make">Does it; nothing where the node has no such thing.</param>
internal sealed record TreeEdit(string Name, Action<StructureTree> Make)
{
    /// <summary>The edit after which a tree cannot be walked over.</summary>
    public const string NoSubmodule = "no submodule";

    /// <summary>Every kind of edit that there is.</summary>
    public static IReadOnlyList<TreeEdit> All { get; } =
    [
        new("another tensor", node => ReplaceFirst(node.Params, _ => F.full([2], 11))),
        new("another tensor in buffers", node => ReplaceFirst(node.Buffers, _ => F.full([2], 12))),
        new("another shape", node => ReplaceFirst(node.Params, _ => F.full([3], 13))),
        new("another dtype", node => ReplaceFirst(node.Params, _ => F.full([2], 14, DType.Float64))),
        new("a plain number", node => ReplaceFirst(node.Params, _ => (Tensor)2.5)),
        new("nothing", node => ReplaceFirst(node.Params, _ => TreeValue.None)),
        new("a list", node => ReplaceFirst(node.Params, value => new TreeValue[] { value, F.full([2], 15) })),
        new("a dictionary", node => ReplaceFirst(node.Params, value => new TreeDictionary<TreeValue> { ["d"] = value })),
        new("a tree", node => ReplaceFirst(node.Params, value => new StructureTree { Params = { ["t"] = value } })),
        new("a tied weight", node => Tie(node)),
        new("a freed tensor", node => node.Tensors().FirstOrDefault().Tensor?.Dispose()),
        new("a new param", node => node.Params["new"] = F.full([2], 16)),
        new("a removed param", node => RemoveFirst(node.Params)),
        new("a renamed param", node => RenameFirst(node.Params)),
        new("no params", node => node.Params.Clear()),
        new("other params", node => node.Params = new() { ["other"] = F.full([2], 17) }),
        new("other buffers", node => node.Buffers = new() { ["other"] = F.full([2], 18) }),
        new("params of another order", node => node.Params = new(node.Params.Reverse())),
        new("an item of a list", node => EditItems(node)),
        new("an entry of a dictionary", node => EditEntries(node)),
        new("a tree among the values", node => EditTrees(node)),
        new("another aux value", node => node.Aux["name"] = "another"),
        new("a changed aux value", node => node.Aux.Values.OfType<List<int>>().FirstOrDefault()?.Add(5)),
        new("a new aux value", node => node.Aux["new"] = 3),
        new("a removed aux value", node => RemoveFirst(node.Aux)),
        new("other aux values", node => node.Aux = new() { ["other"] = new List<int> { 4 } }),
        new("another function", node => node.ApplyFn = StructureTree.PassThrough),
        new("no function", node => node.ApplyFn = null),
        new("a new submodule", node => node.Submodules["new"] = new StructureTree { Params = { ["n"] = F.full([2], 19) } }),
        new("a removed submodule", node => RemoveFirst(node.Submodules)),
        new("a renamed submodule", node => RenameFirst(node.Submodules)),

        // Tensors may have been freed by an edit before.
        new("another submodule", node => ReplaceFirst(
            node.Submodules, below => below.MapParamsBuffers((_, tensor) => F.ones(tensor.shape, tensor.dtype)))),
        new(NoSubmodule, node => ReplaceFirst(node.Submodules, _ => null!)),
        new("other submodules", node => node.Submodules = new() { ["other"] = node.Copy() }),
        new("another value of a submodule", node => node.Submodules.Values.FirstOrDefault()?.Params.Clear()),
        new("a wrapped function", node => node.ApplyFn = node.ApplyFn?.Wrap("wrapped", new Wrapper())),
    ];

    private static void ReplaceFirst<T>(TreeDictionary<T> dictionary, Func<T, T> function)
    {
        if (dictionary.Count > 0)
        {
            dictionary[dictionary.Keys[0]] = function(dictionary.Values[0]);
        }
    }

    private static void RemoveFirst<T>(TreeDictionary<T> dictionary)
    {
        if (dictionary.Count > 0)
        {
            dictionary.Remove(dictionary.Keys[0]);
        }
    }

    private static void RenameFirst<T>(TreeDictionary<T> dictionary)
    {
        if (dictionary.Count > 0)
        {
            var value = dictionary.Values[0];
            RemoveFirst(dictionary);
            dictionary["renamed"] = value;
        }
    }

    private static void Tie(StructureTree node)
    {
        if (node.Tensors().FirstOrDefault().Tensor is { } tensor)
        {
            node.Params["tied"] = tensor;
        }
    }

    private static void EditItems(StructureTree node)
    {
        foreach (var value in Values(node))
        {
            if (value.Value is TreeValue[] list)
            {
                list[0] = F.full([2], 20);
            }
        }
    }

    private static void EditEntries(StructureTree node)
    {
        foreach (var value in Values(node))
        {
            if (value.Value is TreeDictionary<TreeValue> dictionary)
            {
                ReplaceFirst(dictionary, _ => F.full([2], 21));
            }
        }
    }

    private static void EditTrees(StructureTree node)
    {
        foreach (var value in Values(node))
        {
            if (value.Value is StructureTree tree)
            {
                tree.Buffers["edited"] = F.full([2], 22);
            }
        }
    }

    private static IEnumerable<TreeValue> Values(StructureTree node) => [.. node.Params.Values, .. node.Buffers.Values];

    private sealed record Wrapper : IApplyWrapper
    {
        public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input) =>
            inner.Call(tree, config, input);
    }
}
