using System.Runtime.CompilerServices;
using System.Text;
using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>Trees for laws that hold for all of them, and what tells two trees apart.</summary>
internal static class RandomTrees
{
    private static readonly Tensor[] s_tensors = [.. Enumerable.Range(0, 6).Select(i => F.full([2], i))];

    private static readonly ApplyFn[] s_functions =
    [
        new ApplyFn<Tensor, Tensor>("double", static (_, _, x) => x * 2),
        new ApplyFn<Tensor, Tensor>("negate", static (_, _, x) => -x),
    ];

    /// <summary>A tree of up to four levels with every kind of value; tensors are shared between places.</summary>
    public static StructureTree Make(int seed) => Node(new Random(seed), depth: 0);

    /// <summary>Everything in a tree in order: nodes, keys, which tensor object is where, aux by content.</summary>
    public static string Snapshot(StructureTree tree)
    {
        var text = new StringBuilder();
        Describe(tree, "", text);
        return text.ToString();
    }

    /// <summary>The nodes, dictionaries, lists and mutable aux values of trees, as objects.</summary>
    public static HashSet<object> Containers(params StructureTree[] trees)
    {
        var found = new HashSet<object>(ReferenceEqualityComparer.Instance);
        Array.ForEach(trees, tree => Collect(tree, found));
        return found;
    }

    /// <summary>The paths of all nodes, parents first.</summary>
    public static IEnumerable<string> Paths(StructureTree tree, string path = "") =>
        tree.Submodules.SelectMany(e => Paths(e.Value, path.Length == 0 ? e.Key : $"{path}.{e.Key}")).Prepend(path);

    /// <summary>The node at a path, or null.</summary>
    public static StructureTree? At(StructureTree? tree, string path) =>
        path.Length == 0
            ? tree
            : path.Split('.').Aggregate(tree, (node, key) => node?.Submodules.TryGetValue(key, out var below) == true ? below : null);

    private static StructureTree Node(Random random, int depth)
    {
        var node = new StructureTree { ApplyFn = random.Next(3) is var i && i < 2 ? s_functions[i] : null };
        foreach (var key in Some(random, "w", "b", "scale"))
        {
            node.Params[key] = Value(random, depth);
        }

        foreach (var key in Some(random, "mean", "count"))
        {
            node.Buffers[key] = Value(random, depth);
        }

        foreach (var key in Some(random, "name", "sizes", "dotted.name"))
        {
            node.Aux[key] = key == "sizes" ? new List<int> { random.Next(3), 7 } : random.Next(4) is 0 ? null : $"text {random.Next(3)}";
        }

        foreach (var key in depth < 3 ? Some(random, "first", "1", "second") : [])
        {
            node.Submodules[key] = Node(random, depth + 1);
        }

        return node;
    }

    private static string[] Some(Random random, params string[] keys)
    {
        random.Shuffle(keys);
        return keys[..random.Next(keys.Length + 1)];
    }

    private static TreeValue Value(Random random, int depth) => random.Next(depth < 3 ? 9 : 6) switch
    {
        0 => TreeValue.None,
        6 => new TreeValue[] { Value(random, depth + 1), Value(random, depth + 1) },
        7 => new TreeDictionary<TreeValue> { ["p"] = Value(random, depth + 1), ["q"] = Value(random, depth + 1) },
        8 => Node(random, depth + 2),
        _ => s_tensors[random.Next(s_tensors.Length)],
    };

    private static void Describe(StructureTree node, string path, StringBuilder text)
    {
        text.Append($"{path}: {node.ApplyFn?.Name}\n");
        foreach (var (key, value) in node.Params)
        {
            text.Append($"{path} param {key} = {Describe(value)}\n");
        }

        foreach (var (key, value) in node.Buffers)
        {
            text.Append($"{path} buffer {key} = {Describe(value)}\n");
        }

        foreach (var (key, value) in node.Aux)
        {
            text.Append($"{path} aux {key} = {(value is List<int> list ? string.Join(',', list) : value)}\n");
        }

        foreach (var (key, below) in node.Submodules)
        {
            Describe(below, $"{path}/{key}", text);
        }
    }

    private static string Describe(TreeValue value) => value.Value switch
    {
        null => "none",
        Tensor tensor => $"tensor {RuntimeHelpers.GetHashCode(tensor)}",
        StructureTree tree => $"({Snapshot(tree)})",
        TreeValue[] list => $"[{string.Join(", ", list.Select(Describe))}]",
        _ => $"{{{string.Join(", ", value.Dictionary.Select(e => $"{e.Key}: {Describe(e.Value)}"))}}}",
    };

    private static void Collect(StructureTree node, HashSet<object> found)
    {
        found.UnionWith([node, node.Params, node.Buffers, node.Aux, node.Submodules, .. node.Aux.Values.OfType<List<int>>()]);
        foreach (var value in node.Params.Values.Concat(node.Buffers.Values))
        {
            Collect(value, found);
        }

        foreach (var below in node.Submodules.Values)
        {
            Collect(below, found);
        }
    }

    private static void Collect(TreeValue value, HashSet<object> found)
    {
        switch (value.Value)
        {
            case StructureTree tree:
                Collect(tree, found);
                break;
            case TreeValue[] list:
                found.Add(list);
                Array.ForEach(list, item => Collect(item, found));
                break;
            case TreeDictionary<TreeValue> dictionary:
                found.Add(dictionary);
                foreach (var item in dictionary.Values)
                {
                    Collect(item, found);
                }

                break;
            default:
                break;
        }
    }
}
