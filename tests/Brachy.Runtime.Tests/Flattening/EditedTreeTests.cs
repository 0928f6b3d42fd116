using Brachy.Compilation;
using Brachy.Tests.Trees;
using Brachy.Trees;
using CsCheck;

namespace Brachy.Tests.Flattening;

/// <summary>Trees that are edited between calls: a compiled function sees what is there when it is called.</summary>
public class EditedTreeTests
{
    /// <summary>Who has the tree before: nobody, a compiled function that gave it, or one that was called with it.</summary>
    public enum Origin
    {
        MadeByHand,
        Result,
        OpenedResult,
    }

    private static readonly Tensor s_x = F.full([], 0.5, DType.Float64);

    [Theory]
    [MemberData(nameof(Edits))]
    public void ACallSeesAnEdit(string name, Origin origin, bool isOfAnotherThread) =>
        Gen.Select(Gen.Int, Gen.Int[0, int.MaxValue]).Sample(
            (seed, place) => Check(TreeEdit.All.Single(edit => edit.Name == name), origin, isOfAnotherThread, seed, place), iter: 12);

    public static TheoryData<string, Origin, bool> Edits()
    {
        var rows = new TheoryData<string, Origin, bool>();
        foreach (var edit in TreeEdit.All)
        {
            rows.Add(edit.Name, Origin.MadeByHand, false);
            rows.Add(edit.Name, Origin.MadeByHand, true);
            rows.Add(edit.Name, Origin.Result, false);
            rows.Add(edit.Name, Origin.OpenedResult, true);
        }

        return rows;
    }

    [Fact]
    public void EditsFollowEachOther() => Gen.Select(Gen.Int, Gen.Select(Gen.Int[0, TreeEdit.All.Count - 1], Gen.Int[0, 99]).Array[1, 6])
        .Sample(
            (seed, edits) =>
            {
                var tree = Own(RandomTrees.Make(seed));
                var compiled = Jit.Compile<StructureTree, Tensor, Tensor>(Digest, backend: Backend.Interpreter);
                foreach (var (edit, place) in edits)
                {
                    RequireEqual(compiled, tree);
                    TreeEdit.All[edit].Make(NodeAt(tree, place));
                    if (TreeEdit.All[edit].Name == TreeEdit.NoSubmodule)
                    {
                        // Such a tree has no nodes to choose from.
                        break;
                    }
                }

                RequireEqual(compiled, tree);
            },
            iter: 60);

    private static void Check(TreeEdit edit, Origin origin, bool isOfAnotherThread, int seed, int place)
    {
        var tree = Own(RandomTrees.Make(seed));
        var compiled = Jit.Compile<StructureTree, Tensor, Tensor>(Digest, backend: Backend.Interpreter);
        if (origin != Origin.MadeByHand)
        {
            tree = Jit.Compile((StructureTree t) => t, backend: Backend.Interpreter).Invoke(tree);
        }

        if (origin == Origin.OpenedResult)
        {
            _ = tree.Params;
        }

        RequireEqual(compiled, tree, calls: 4);
        if (isOfAnotherThread)
        {
            var thread = new Thread(() => edit.Make(NodeAt(tree, place)));
            thread.Start();
            thread.Join();
        }
        else
        {
            edit.Make(NodeAt(tree, place));
        }

        RequireEqual(compiled, tree, calls: 4);
    }

    /// <summary>The results, or failures, of calls are those of the function itself.</summary>
    private static void RequireEqual(
        JitFunction<CompilerServices.Arguments<StructureTree, Tensor>, Tensor> compiled, StructureTree tree, int calls = 1)
    {
        for (var i = 0; i < calls; i++)
        {
            // In this order: looking at the tree would open it.
            var actual = Outcome(() => compiled.Invoke(tree, s_x));
            Assert.Equal(Outcome(() => Digest(tree, s_x)), actual);
        }
    }

    private static string Outcome(Func<Tensor> function)
    {
        try
        {
            using var result = function();
            return $"{(double)result}";
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message.Split('\n')[0]}";
        }
    }

    /// <summary>A number that all of a tree goes into: values, which are one, paths, functions, aux values.</summary>
    private static Tensor Digest(StructureTree tree, Tensor x)
    {
        var statics = 0.0;
        foreach (var (path, node) in tree.Nodes())
        {
            var aux = node.Aux.Select(entry => $"{entry.Key}={(entry.Value is List<int> list ? string.Join(',', list) : entry.Value)}");
            statics += Hash($"{path}/{node.ApplyFn?.Name}/{string.Join(';', aux)}");
        }

        var sum = x + statics;
        foreach (var (path, tensor) in tree.Tensors())
        {
            sum += tensor.to(DType.Float64).sum() * Hash(path);
        }

        return sum + (0.25 * tree.DistinctTensors().Count());
    }

    private static double Hash(string text) => text.Aggregate(7, (hash, c) => ((hash * 31) + c) % 1009);

    /// <summary>Trees of the generator share tensors, which an edit may free.</summary>
    private static StructureTree Own(StructureTree tree) => tree.MapParamsBuffers((_, tensor) => F.clone(tensor));

    private static StructureTree NodeAt(StructureTree tree, int place)
    {
        var nodes = tree.Nodes().ToArray();
        return nodes[place % nodes.Length].Node;
    }
}
