using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy;

// How a tree is taken apart and put together.
public sealed partial class StructureTree
{
    /// <summary>The aux key of nodes whose tensors, and those below, each rank has for itself.</summary>
    internal const string OfRankKey = "of_rank";

    /// <summary>Notes the node, and those below.</summary>
    internal void Flatten(TreeFlattener f)
    {
        var isOfRank = OwnAux is { } own && own.TryGetValue(OfRankKey, out var value) && value is true;
        if (isOfRank)
        {
            f.BeginOfRank();
        }

        f.Structure(ApplyFn);
        FlattenAux(f);
        FlattenValues(f, _params);
        FlattenValues(f, _buffers);
        f.Structure(_submodules?.KeySet ?? KeySet.Empty);
        if (_submodules is { } submodules)
        {
            for (var i = 0; i < submodules.Count; i++)
            {
                f.Push(submodules.KeySet[i]);
                Below(submodules, i).Flatten(f);
                f.Pop();
            }
        }

        if (isOfRank)
        {
            f.EndOfRank();
        }
    }

    /// <summary>Whether the node, and those below, are as expected; collects their tensors.</summary>
    internal bool Matches(TreeFlattener f)
    {
        var (node, submodules) = (Opened, OwnSubmodules);
        if (!f.IsNext(node._applyFn) || !node.AuxMatches(f) || !f.MatchValues(node._params) || !f.MatchValues(node._buffers)
            || !f.IsNext(submodules?.KeySet ?? KeySet.Empty))
        {
            return false;
        }

        for (var i = 0; i < submodules?.Count; i++)
        {
            if (!Below(submodules, i).Matches(f))
            {
                return false;
            }
        }

        return true;
    }

    internal static StructureTree Unflatten(TreeUnflattener u)
    {
        var tree = new StructureTree { _applyFn = u.Structure<ApplyFn>() };
        var auxKeys = u.Structure<KeySet>()!;
        if (auxKeys.Count > 0)
        {
            var aux = new object?[auxKeys.Count];
            for (var i = 0; i < aux.Length; i++)
            {
                aux[i] = u.Static<object?>();
            }

            tree._aux = new TreeDictionary<object?>(auxKeys, aux, u.Stamp);
        }

        tree._params = UnflattenValues(u);
        tree._buffers = UnflattenValues(u);
        var keys = u.Structure<KeySet>()!;
        if (keys.Count > 0)
        {
            var submodules = new StructureTree[keys.Count];
            for (var i = 0; i < submodules.Length; i++)
            {
                submodules[i] = Unflatten(u);
            }

            tree._submodules = new TreeDictionary<StructureTree>(keys, submodules, u.Stamp);
        }

        return tree;
    }

    private static void FlattenValues(TreeFlattener f, TreeDictionary<TreeValue>? dictionary)
    {
        f.Structure(dictionary?.KeySet ?? KeySet.Empty);
        if (dictionary is null)
        {
            return;
        }

        var values = dictionary.ValueSpan;
        for (var i = 0; i < values.Length; i++)
        {
            f.Push(dictionary.KeySet[i]);
            f.Value(values[i]);
            f.Pop();
        }
    }

    private static TreeDictionary<TreeValue>? UnflattenValues(TreeUnflattener u)
    {
        var keys = u.Structure<KeySet>()!;
        if (keys.Count == 0)
        {
            return null;
        }

        var values = new TreeValue[keys.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = u.Value();
        }

        return new TreeDictionary<TreeValue>(keys, values, u.Stamp);
    }

    private bool AuxMatches(TreeFlattener f)
    {
        if (_aux is null)
        {
            return f.IsNext(KeySet.Empty);
        }

        FlattenAux(f);
        return f.Matches;
    }

    private void FlattenAux(TreeFlattener f)
    {
        f.Structure(_aux?.KeySet ?? KeySet.Empty);
        if (_aux is not { } aux)
        {
            return;
        }

        var values = aux.ValueSpan;
        for (var i = 0; i < values.Length; i++)
        {
            f.Push(aux.KeySet[i]);
            f.Static(values[i]);
            f.Pop();
        }
    }
}
