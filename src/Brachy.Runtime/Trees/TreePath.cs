using System.Globalization;
using System.Runtime.CompilerServices;

namespace Brachy.Trees;

/// <summary>One step along a path: what stands under a key of a node, list or dictionary.</summary>
internal static class TreePath
{
    public static string Join(string path, string key) => TreeDepth.Checked(path.Length == 0 ? key : $"{path}.{key}");

    /// <summary>Finds what stands at a path. A key of a dictionary may hold dots: the longest that leads there is taken.</summary>
    /// <param name="from">Where the path begins.</param>
    /// <param name="path">The path, not empty.</param>
    /// <param name="place">What holds the place, the last key, and what stands there.</param>
    public static bool TryFind(TreeValue from, string path, out Place place)
    {
        place = default;
        var value = from;
        while (value.Value is not TreeDictionary<TreeValue>)
        {
            var dot = path.IndexOf('.', StringComparison.Ordinal);
            var (holder, key) = (value, dot < 0 ? path : path[..dot]);
            if (!TryStep(holder, key, out value))
            {
                return false;
            }

            if (dot < 0)
            {
                place = new(holder, key, value);
                return true;
            }

            path = path[(dot + 1)..];
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        for (var end = path.Length; end >= 0; end = end > 0 ? path.LastIndexOf('.', end - 1) : -1)
        {
            if (!TryStep(value, path[..end], out var found))
            {
                continue;
            }

            if (end == path.Length)
            {
                place = new(value, path, found);
                return true;
            }

            if (TryFind(found, path[(end + 1)..], out place))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The tensors of a tree by their paths.</summary>
    /// <exception cref="ArgumentException">Two have the same path.</exception>
    public static Dictionary<string, Tensor> ByPath(StructureTree tree)
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (path, tensor) in tree.Tensors())
        {
            if (!tensors.TryAdd(path, tensor))
            {
                throw new ArgumentException(
                    $"'{path}' is the path of two tensors: a key of a dictionary holds a dot, and reads like the path to what is beside "
                    + "it. Rename the key.", nameof(tree));
            }
        }

        return tensors;
    }

    /// <summary>The path of what holds a place, and the place's key there.</summary>
    public static (string Holder, string Key) Split(string path)
    {
        var dot = path.LastIndexOf('.');
        return dot < 0 ? ("", path) : (path[..dot], path[(dot + 1)..]);
    }

    public static bool TryStep(TreeValue holder, string key, out TreeValue value)
    {
        value = default;
        switch (holder.Value)
        {
            case StructureTree node:
                if (node.Submodules.TryGetValue(key, out var below))
                {
                    value = below;
                    return true;
                }

                return node.Params.TryGetValue(key, out value) || node.Buffers.TryGetValue(key, out value);
            case TreeDictionary<TreeValue> dictionary:
                return dictionary.TryGetValue(key, out value);
            case TreeValue[] list when IndexOf(list, key) is >= 0 and var index:
                value = list[index];
                return true;
            default:
                return false;
        }
    }

    /// <summary>The keys under which a node, list or dictionary holds something.</summary>
    public static IEnumerable<string> Keys(TreeValue holder) => holder.Value switch
    {
        StructureTree node => [.. node.Params.Keys, .. node.Buffers.Keys, .. node.Submodules.Keys],
        TreeDictionary<TreeValue> dictionary => dictionary.Keys,
        TreeValue[] list => Enumerable.Range(0, list.Length).Select(i => i.ToString(CultureInfo.InvariantCulture)),
        _ => [],
    };

    /// <summary>Puts a value under a key; see <see cref="StructureTree.this[string]"/> for what a new key becomes.</summary>
    /// <param name="holder">The node, list or dictionary.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="path">The path of the place, for messages.</param>
    /// <param name="asBuffer">Whether a new key of a node becomes a buffer.</param>
    public static void Assign(TreeValue holder, string key, TreeValue value, string path, bool asBuffer)
    {
        switch (holder.Value)
        {
            case StructureTree node:
                AssignToNode(node, key, value, path, asBuffer);
                break;
            case TreeDictionary<TreeValue> dictionary:
                dictionary[key] = value;
                break;
            case TreeValue[] list when IndexOf(list, key) is >= 0 and var index:
                list[index] = value;
                break;
            case TreeValue[] list:
                throw new KeyNotFoundException($"There is no '{path}' to set: the list '{Split(path).Holder}' has {list.Length} items, and "
                    + "only those can be set. Assign a new list to it.");
            default:
                throw new KeyNotFoundException(
                    $"There is no '{path}' to set: '{Split(path).Holder}' is {Describe(holder)}, which has no keys.");
        }
    }

    /// <summary>What to say of a path that leads nowhere.</summary>
    public static KeyNotFoundException Missing(StructureTree root, string path)
    {
        var parts = path.Split('.');
        TreeValue at = root;
        var found = 0;
        while (found < parts.Length && TryStep(at, parts[found], out var next))
        {
            (at, found) = (next, found + 1);
        }

        var known = string.Join('.', parts[..found]);
        var holder = found == 0 ? "The tree" : $"'{known}'";
        string[] keys = [.. Keys(at)];
        if (keys.Length == 0)
        {
            return new KeyNotFoundException($"There is no '{path}' in the tree. {holder} is "
                + $"{Describe(at)}{(at.Value is Tensor or null ? ", which has no keys" : " without keys")}.");
        }

        var near = found < parts.Length ? NearMiss.Find(parts[found], keys) : null;
        var advice = near is null ? "" : $" Did you mean '{Join(known, near)}'?";
        return new KeyNotFoundException($"There is no '{path}' in the tree. {holder} has the keys {{{string.Join(", ", keys)}}}.{advice}");
    }

    public static string Describe(TreeValue value) => value.Value switch
    {
        null => "None",
        Tensor tensor => $"a tensor {tensor.Type}",
        StructureTree => "a node",
        TreeValue[] list => $"a list of {list.Length}",
        _ => "a dictionary",
    };

    private static void AssignToNode(StructureTree node, string key, TreeValue value, string path, bool asBuffer)
    {
        if (node.Submodules.ContainsKey(key))
        {
            node.Submodules[key] = value.Value as StructureTree ?? throw new ArgumentException(
                $"'{path}' is a submodule, which only a StructureTree can replace, not {Describe(value)}. Remove it first: "
                + $"tree.At(\"{path}\").Remove().", nameof(value));
        }
        else if (node.Params.ContainsKey(key))
        {
            node.Params[key] = value;
        }
        else if (node.Buffers.ContainsKey(key))
        {
            node.Buffers[key] = value;
        }
        else if (node.Aux.ContainsKey(key))
        {
            throw new ArgumentException(
                $"'{path}' is a static value, and a node has one member of a name. Change it in the Aux of the node, or remove it there "
                + "first.", nameof(path));
        }
        else if (asBuffer)
        {
            node.Buffers[key] = value;
        }
        else if (value.Value is StructureTree tree)
        {
            node.Submodules[key] = tree;
        }
        else
        {
            node.Params[key] = value;
        }
    }

    private static int IndexOf(TreeValue[] list, string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        && index < list.Length && key == index.ToString(CultureInfo.InvariantCulture)
            ? index
            : -1;

    /// <summary>A place of a tree.</summary>
    /// <param name="Holder">The node, list or dictionary that has it.</param>
    /// <param name="Key">Its key there.</param>
    /// <param name="Value">What stands there.</param>
    public readonly record struct Place(TreeValue Holder, string Key, TreeValue Value);
}
