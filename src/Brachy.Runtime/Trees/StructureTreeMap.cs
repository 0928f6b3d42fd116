using System.Runtime.CompilerServices;
using Brachy.Trees;

namespace Brachy;

// Maps over nodes. C# has no variadic generics: one overload for each number of trees and of results.
public sealed partial class StructureTree
{
    /// <summary>A tree made node by node: the function makes each node, and the nodes below are put in afterwards.</summary>
    /// <param name="function">
    /// From the path of a node (empty for the root) and the node, which must not be changed, to the new node, without submodules:
    /// begin with <see cref="CopyToLeaf"/> to keep what is in it. The new tree shares no dictionaries with what it gives.
    /// </param>
    /// <exception cref="ArgumentException">The function gives null, or a node that has submodules; the message names the path.</exception>
    /// <example>
    /// <code>var frozen = tree.Map((path, node) => new StructureTree { Buffers = node.Params, ApplyFn = node.ApplyFn });</code>
    /// </example>
    [OverloadResolutionPriority(1)]
    public StructureTree Map(Func<string, StructureTree, StructureTree> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapNodes([this], (path, nodes) => [function(path, nodes[0]!)])[0];
    }

    /// <summary>Two trees made node by node.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree})"/>
    public (StructureTree First, StructureTree Second) Map(
        Func<string, StructureTree, (StructureTree First, StructureTree Second)> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Pair(MapNodes([this], (path, nodes) => ItemsOf(function(path, nodes[0]!))));
    }

    /// <summary>Three trees made node by node.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree})"/>
    public (StructureTree First, StructureTree Second, StructureTree Third) Map(
        Func<string, StructureTree, (StructureTree First, StructureTree Second, StructureTree Third)> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Triple(MapNodes([this], (path, nodes) => ItemsOf(function(path, nodes[0]!))));
    }

    /// <summary>Any number of trees made node by node, the same number at each.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree})"/>
    public StructureTree[] Map(Func<string, StructureTree, StructureTree[]> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapNodes([this], (path, nodes) => function(path, nodes[0]!));
    }

    /// <summary>
    /// A tree made node by node from two. Its nodes are those that are in either of them: those of the first tree in its order, then
    /// those of the second alone.
    /// </summary>
    /// <param name="function">
    /// From the path of a node (empty for the roots) and the nodes there, null where a tree has none, to the new node, without
    /// submodules. The nodes must not be changed. The new tree shares no dictionaries with what it gives.
    /// </param>
    /// <param name="first">A tree.</param>
    /// <param name="second">Another.</param>
    /// <exception cref="ArgumentException">The function gives null, or a node that has submodules; the message names the path.</exception>
    [OverloadResolutionPriority(1)]
    public static StructureTree Map(
        Func<string, StructureTree?, StructureTree?, StructureTree> function, StructureTree first, StructureTree second)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapNodes(Both(first, second), (path, nodes) => [function(path, nodes[0], nodes[1])])[0];
    }

    /// <summary>Two trees made node by node from two.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree, StructureTree}, StructureTree, StructureTree)"/>
    public static (StructureTree First, StructureTree Second) Map(
        Func<string, StructureTree?, StructureTree?, (StructureTree First, StructureTree Second)> function, StructureTree first,
        StructureTree second)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Pair(MapNodes(Both(first, second), (path, nodes) => ItemsOf(function(path, nodes[0], nodes[1]))));
    }

    /// <summary>Three trees made node by node from two.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree, StructureTree}, StructureTree, StructureTree)"/>
    public static (StructureTree First, StructureTree Second, StructureTree Third) Map(
        Func<string, StructureTree?, StructureTree?, (StructureTree First, StructureTree Second, StructureTree Third)> function,
        StructureTree first, StructureTree second)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Triple(MapNodes(Both(first, second), (path, nodes) => ItemsOf(function(path, nodes[0], nodes[1]))));
    }

    /// <summary>A tree made node by node from three.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree, StructureTree}, StructureTree, StructureTree)"/>
    [OverloadResolutionPriority(1)]
    public static StructureTree Map(
        Func<string, StructureTree?, StructureTree?, StructureTree?, StructureTree> function, StructureTree first, StructureTree second,
        StructureTree third)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapNodes(All(first, second, third), (path, nodes) => [function(path, nodes[0], nodes[1], nodes[2])])[0];
    }

    /// <summary>Two trees made node by node from three.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree, StructureTree}, StructureTree, StructureTree)"/>
    public static (StructureTree First, StructureTree Second) Map(
        Func<string, StructureTree?, StructureTree?, StructureTree?, (StructureTree First, StructureTree Second)> function,
        StructureTree first, StructureTree second, StructureTree third)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Pair(MapNodes(All(first, second, third), (path, nodes) => ItemsOf(function(path, nodes[0], nodes[1], nodes[2]))));
    }

    /// <summary>Three trees made node by node from three.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree, StructureTree, StructureTree}, StructureTree, StructureTree)"/>
    public static (StructureTree First, StructureTree Second, StructureTree Third) Map(
        Func<string, StructureTree?, StructureTree?, StructureTree?, (
            StructureTree First, StructureTree Second, StructureTree Third)> function,
        StructureTree first, StructureTree second, StructureTree third)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Triple(MapNodes(All(first, second, third), (path, nodes) => ItemsOf(function(path, nodes[0], nodes[1], nodes[2]))));
    }

    /// <summary>A tree made node by node from any number of trees.</summary>
    /// <param name="function">
    /// From the path of a node (empty for the roots) and the nodes there, null where a tree has none, to the new node, without
    /// submodules. The nodes must not be changed. The new tree shares no dictionaries with what it gives.
    /// </param>
    /// <param name="trees">The trees, at least one.</param>
    /// <exception cref="ArgumentException">There are no trees; or the function gives null, or a node that has submodules.</exception>
    [OverloadResolutionPriority(1)]
    public static StructureTree Map(Func<string, StructureTree?[], StructureTree> function, StructureTree[] trees)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapNodes(Trees(trees), (path, nodes) => [function(path, nodes)])[0];
    }

    /// <summary>Any number of trees made node by node from any number of trees.</summary>
    /// <inheritdoc cref="Map(Func{string, StructureTree[], StructureTree}, StructureTree[])"/>
    public static StructureTree[] Map(Func<string, StructureTree?[], StructureTree[]> function, StructureTree[] trees)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapNodes(Trees(trees), function);
    }

    /// <summary>The general case: any number of trees to the same number of new nodes at each place.</summary>
    private static StructureTree[] MapNodes(
        StructureTree?[] nodes, Func<string, StructureTree?[], StructureTree[]> function, string path = "", int? expected = null)
    {
        var given = function(path, nodes);
        var count = expected ?? given?.Length ?? 0;
        if (given is null || given.Length != count)
        {
            throw new ArgumentException(
                $"The function gives {given?.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no"} nodes "
                + $"{Place(path)}, but {count} elsewhere.", nameof(function));
        }

        var results = Array.ConvertAll(given, node => CheckedLeaf(node, path));
        var keys = UnionOfKeys(nodes);
        if (keys.Count == 0)
        {
            return results;
        }

        var below = Array.ConvertAll(results, _ => new StructureTree[keys.Count]);
        for (var i = 0; i < keys.Count; i++)
        {
            var key = keys[i];
            var mapped = MapNodes(Array.ConvertAll(nodes, node => node?.Child(key, path)), function, Join(path, key), count);
            for (var k = 0; k < count; k++)
            {
                below[k][i] = mapped[k];
            }
        }

        for (var k = 0; k < count; k++)
        {
            results[k]._submodules = new TreeDictionary<StructureTree>(keys, below[k]);
        }

        return results;
    }

    private static StructureTree CheckedLeaf(StructureTree? node, string path) => node switch
    {
        null => throw new ArgumentException(
            $"The function gives null {Place(path)}; give a new StructureTree() for a node with nothing in it.", "function"),
        { IsLeaf: false } => throw new ArgumentException(
            $"The function gives a node with submodules {Place(path)}. It makes one node at a time, and the nodes below are put in "
            + "afterwards: begin with CopyToLeaf().", "function"),
        _ => node.CopyToLeaf(),
    };

    private static KeySet UnionOfKeys(StructureTree?[] nodes)
    {
        var keys = KeySet.Empty;
        foreach (var own in nodes.Select(node => node?.OwnSubmodules?.KeySet ?? KeySet.Empty))
        {
            if (keys.Count == 0)
            {
                keys = own;
            }
            else if (!keys.Equals(own))
            {
                foreach (var key in own.Keys)
                {
                    keys = keys.IndexOf(key) < 0 ? keys.With(key) : keys;
                }
            }
        }

        return keys;
    }

    private StructureTree? Child(string key, string path) => OwnSubmodules?.TryGetValue(key, out var child) != true
        ? null
        : child ?? throw new InvalidOperationException($"The submodule '{Join(path, key)}' is null; remove its key instead.");

    private static string Place(string path) => path.Length == 0 ? "at the root" : $"at '{path}'";

    private static StructureTree[] Both(StructureTree first, StructureTree second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return [first, second];
    }

    private static StructureTree[] All(StructureTree first, StructureTree second, StructureTree third)
    {
        ArgumentNullException.ThrowIfNull(third);
        return [.. Both(first, second), third];
    }

    private static StructureTree[] Trees(StructureTree[] trees)
    {
        ArgumentNullException.ThrowIfNull(trees);
        return trees.Length == 0
            ? throw new ArgumentException("At least one tree is needed.", nameof(trees))
            : Array.ConvertAll(trees, tree => tree ?? throw new ArgumentNullException(nameof(trees)));
    }

    private static StructureTree[] ItemsOf((StructureTree First, StructureTree Second) pair) => [pair.First, pair.Second];

    private static StructureTree[] ItemsOf((StructureTree First, StructureTree Second, StructureTree Third) triple) =>
        [triple.First, triple.Second, triple.Third];

    private static (StructureTree First, StructureTree Second) Pair(StructureTree[] trees) => (trees[0], trees[1]);

    private static (StructureTree First, StructureTree Second, StructureTree Third) Triple(StructureTree[] trees) =>
        (trees[0], trees[1], trees[2]);
}
