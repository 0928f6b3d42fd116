using Brachy.Trees;
using CsCheck;

namespace Brachy.Tests.Trees;

/// <summary>What holds for all trees: parts and wholes, maps, and that nothing given is changed or shared.</summary>
public class ToolkitLawTests
{
    private static readonly Gen<(StructureTree, StructureTree)> s_pairs = Gen.Int.Select(
        Gen.Int, (a, b) => (RandomTrees.Make(a), RandomTrees.Make(b)));

    private static readonly Gen<TreeParts> s_parts = Gen.Int[0, (int)TreeParts.All].Select(i => (TreeParts)i);

    [Fact]
    public void PartsMergedAreTheWhole() => Gen.Int.Select(RandomTrees.Make).Sample(tree =>
    {
        Same(tree, StructureTree.Merge(tree.Split()));
        var (state, rest) = tree.SplitStatic();
        Same(tree, StructureTree.Merge(state, rest));
        Same(tree, StructureTree.Merge(rest, state));
        var (parameters, buffers, statics) = tree.SplitParams();
        Same(tree, StructureTree.Merge(parameters, buffers, statics));
        Same(parameters, tree.GetParams());
        Same(tree, StructureTree.Merge(tree));
        Same(tree.Fill(), StructureTree.Merge(tree.Empty(), tree));
        Same(tree, StructureTree.Merge(new StructureTree(), tree));
        Same(tree, tree.Map((_, node) => node.CopyToLeaf()));
    });

    [Fact]
    public void FiltersIntersect() => Gen.Select(Gen.Int.Select(RandomTrees.Make), s_parts, s_parts).Sample((tree, p, q) =>
    {
        Same(tree.Filter(p & q), tree.Filter(p).Filter(q));
        Same(tree, tree.Filter(TreeParts.All));
        var (first, second) = tree.Split(p, q);
        Same(tree.Filter(p), first);
        Same(tree.Filter(q), second);
        Same(tree.Filter(p | q), StructureTree.Merge(first, second));
        Assert.Equal(RandomTrees.Paths(tree), RandomTrees.Paths(first));
    });

    [Fact]
    public void AnUpdateBringsTheStateAndNothingElse() => Gen.Int.Select(RandomTrees.Make).Sample(tree =>
    {
        var next = tree.MapParamsBuffers((_, t) => t + 1);
        Same(next, tree.Update(next));
        Same(next, tree.Update(next.GetUpdate()));
        var changed = next.Map((_, node) => new StructureTree
        {
            Params = node.Params,
            Buffers = node.Buffers,
            Aux = { ["other"] = 1 },
            ApplyFn = StructureTree.PassThrough
        });
        var updated = tree.Update(changed);
        Same(next.Filter(), updated.Filter());
        foreach (var path in RandomTrees.Paths(tree))
        {
            var (before, after) = (RandomTrees.At(tree, path)!, RandomTrees.At(updated, path)!);
            Assert.Equal(before.ApplyFn, after.ApplyFn);
            Assert.Equal(before.Aux.Keys, after.Aux.Keys);
        }
    });

    [Fact]
    public void MergedPartByPart() => Gen.Select(s_pairs, s_parts, s_parts).Sample((pair, merged, overridden) =>
    {
        var (first, second) = pair;
        var result = StructureTree.Merge(first, second, merged, overridden);
        Assert.Equal(RandomTrees.Paths(first).Union(RandomTrees.Paths(second)).Order(), RandomTrees.Paths(result).Order());
        foreach (var path in RandomTrees.Paths(result))
        {
            var (a, b, c) = (RandomTrees.At(first, path) ?? new(), RandomTrees.At(second, path) ?? new(), RandomTrees.At(result, path)!);
            Entries(a.Params, b.Params, c.Params, TreeParts.Params);
            Entries(a.Buffers, b.Buffers, c.Buffers, TreeParts.Buffers);
            Entries(a.Aux, b.Aux, c.Aux, TreeParts.Aux);
            Assert.Equal(
                !merged.HasFlag(TreeParts.Apply) ? null
                    : overridden.HasFlag(TreeParts.Apply) ? b.ApplyFn ?? a.ApplyFn
                    : a.ApplyFn ?? b.ApplyFn, c.ApplyFn);
        }

        void Entries<T>(TreeDictionary<T> a, TreeDictionary<T> b, TreeDictionary<T> c, TreeParts part)
        {
            var expected = new Dictionary<string, T>();
            foreach (var source in merged.HasFlag(part) ? new[] { a, b } : [])
            {
                if (expected.Count == 0 || overridden.HasFlag(part))
                {
                    foreach (var (key, value) in source)
                    {
                        expected[key] = value;
                    }
                }
            }

            Assert.Equal(expected.Keys, c.Keys);
            Assert.All(c, e => Assert.Equal(Text(expected[e.Key]), Text(e.Value)));
        }

        static string? Text<T>(T value) => value switch
        {
            TreeValue v => RandomTrees.Snapshot(new StructureTree { Params = { ["v"] = v } }),
            List<int> list => string.Join(',', list),
            _ => value?.ToString(),
        };
    });

    [Fact]
    public void AMapOfSeveralTreesSeesTheUnionOfTheirNodes() => s_pairs.Sample(pair =>
    {
        var (first, second) = pair;
        var visited = new List<string>();
        var (left, right) = StructureTree.Map(
            (path, a, b) =>
            {
                visited.Add(path);
                Assert.Same(RandomTrees.At(first, path), a);
                Assert.Same(RandomTrees.At(second, path), b);
                return (a?.CopyToLeaf() ?? new(), b?.CopyToLeaf() ?? new());
            },
            first,
            second);
        Assert.Equal(RandomTrees.Paths(first).Union(RandomTrees.Paths(second)).Order(), visited.Order());
        Assert.Equal(visited, RandomTrees.Paths(left));
        Assert.Equal(visited, RandomTrees.Paths(right));
        Same(
            StructureTree.Merge(second, first.Filter(TreeParts.None)).Filter(),
            StructureTree.Merge(right, first.Filter(TreeParts.None)).Filter(), ordered: false);
        Same(left, StructureTree.Map((_, nodes) => nodes[0]?.CopyToLeaf() ?? new(), [first, second]));
    });

    [Fact]
    public void NothingGivenIsChangedOrShared() => s_pairs.Sample(pair =>
    {
        var (tree, other) = pair;
        var (before, otherBefore) = (RandomTrees.Snapshot(tree), RandomTrees.Snapshot(other));
        var given = RandomTrees.Containers(tree, other);
        StructureTree[] results =
        [
            .. tree.Split(), .. tree.Split(TreeParts.All, TreeParts.All, TreeParts.State, TreeParts.None), tree.Filter(), tree.GetUpdate(),
            tree.Fill(), tree.Empty(),
            tree.CopyToLeaf(), tree.GetParams(), tree.Update(other), StructureTree.Merge(tree, other), StructureTree.Merge(tree),
            StructureTree.Merge(tree, tree),
            StructureTree.Merge(tree, other, TreeParts.State, TreeParts.None),
            tree.Map((_, node) => new StructureTree { Params = node.Params, Buffers = node.Buffers, Aux = node.Aux }),
            .. tree.Map((_, node) =>
            {
                var leaf = new StructureTree { Params = node.Params };
                return new[] { leaf, leaf };
            }),
            StructureTree.Map((_, a, b) => new StructureTree { Params = (a ?? b)!.Params }, tree, other),
        ];
        var seen = new HashSet<object>(given, ReferenceEqualityComparer.Instance);
        foreach (var result in results)
        {
            var own = RandomTrees.Containers(result);
            Assert.False(own.Overlaps(seen));
            seen.UnionWith(own);
        }

        Array.ForEach(results, Spoil);
        Assert.Equal(before, RandomTrees.Snapshot(tree));
        Assert.Equal(otherBefore, RandomTrees.Snapshot(other));
    });

    private static void Spoil(StructureTree node)
    {
        node.Params.Clear();
        node.Buffers["spoilt"] = TreeValue.None;
        foreach (var list in node.Aux.Values.OfType<List<int>>())
        {
            list.Add(99);
        }

        foreach (var below in node.Submodules.Values)
        {
            Spoil(below);
        }

        node.Submodules["spoilt"] = new();
    }

    private static void Same(StructureTree expected, StructureTree actual, bool ordered = true)
    {
        var (e, a) = (RandomTrees.Snapshot(expected), RandomTrees.Snapshot(actual));
        Assert.Equal(ordered ? e : string.Join('\n', e.Split('\n').Order()), ordered ? a : string.Join('\n', a.Split('\n').Order()));
    }
}
