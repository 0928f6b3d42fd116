namespace Brachy.Tests.Flattening;

/// <summary>Threads that edit trees and call the same compiled function with them, all at once.</summary>
public class EditedTreeStressTests
{
    private const int Threads = 4;
    private const int Rounds = 3000;

    /// <summary>Each has a tree of its own: all look at what the function remembers, and none may see what is another's, or old.</summary>
    [Fact]
    public void EachSeesItsOwnEdits()
    {
        var compiled = Jit.Compile((StructureTree t) => t.Submodules["a"].Params["w"].Tensor + t.Params["v"].Tensor);
        InParallel(thread =>
        {
            var (a, v) = (1000.0 * thread, 0.5);
            var tree = Tree(a, v);
            var random = new Random(thread);
            for (var round = 0; round < Rounds; round++)
            {
                switch (random.Next(8))
                {
                    case 0:
                        tree.Submodules["a"].Params["w"] = F.full([], ++a);
                        break;
                    case 1:
                        tree.Params = new() { ["v"] = F.full([], v += 2) };
                        break;
                    case 2:
                        tree.Submodules["a"] = new() { Params = { ["w"] = F.full([], ++a) } };
                        break;
                    case 3:
                        tree = Tree(a, v);
                        break;
                    default:
                        break;
                }

                Assert.Equal(a + v, (double)compiled.Invoke(tree), 3);
            }
        });
        Assert.Equal(1, compiled.TraceCount);
    }

    /// <summary>All have the same tree, which one of them edits: what a call sees was there while it went on.</summary>
    [Fact]
    public void AllSeeTheEditsOfOne()
    {
        var compiled = Jit.Compile((StructureTree t) => t.Submodules["a"].Params["w"].Tensor + 0);
        var tree = Tree(0, 0);
        var (begun, ended) = (0, 0);
        compiled.Invoke(tree);
        InParallel(thread =>
        {
            for (var round = 1; round <= Rounds; round++)
            {
                if (thread == 0)
                {
                    Volatile.Write(ref begun, round);
                    tree.Submodules["a"].Params["w"] = F.full([], round);
                    Volatile.Write(ref ended, round);
                }

                var least = Volatile.Read(ref ended);
                var seen = (double)compiled.Invoke(tree);
                Assert.InRange(seen, least, Volatile.Read(ref begun));
            }
        });
        Assert.Equal(Rounds, (double)compiled.Invoke(tree));
    }

    private static StructureTree Tree(double a, double v) => new()
    {
        Params = { ["v"] = F.full([], v) },
        Submodules = { ["a"] = new() { Params = { ["w"] = F.full([], a) } }, ["b"] = new() { Params = { ["unread"] = F.zeros([2]) } } },
    };

    private static void InParallel(Action<int> work)
    {
        Exception? failure = null;
        var threads = Enumerable.Range(0, Threads).Select(i => new Thread(() =>
        {
            try
            {
                work(i);
            }
            catch (Exception error)
            {
                failure = error;
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Null(failure);
    }
}
