using Brachy.Tests.Ops;

namespace Brachy.Tests.Core.Graphs;

/// <summary>Ops that later ones replace, as a loop that carries tangents does, cost a few looks at each op however many they are.</summary>
[Trait("Category", "Quick")]
public class ReplacedOpsTests
{
    private static readonly Tensor s_x = Make.Real([3], seed: 1);

    /// <summary>All loops are replaced at once, or each before the next is recorded.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LooksAtOpsGrowAsTheOpsDo(bool isAtOnce)
    {
        foreach (var loops in new[] { 4, 16, 64 })
        {
            var (visits, ops) = (0L, 0);
            var compiled = Jit.Compile((Tensor x) =>
            {
                Tensor[] results;
                if (isAtOnce)
                {
                    var (value, tangent) = Grad.Jvp((Tensor y) => Loops(y, loops), x, F.ones_like(x));
                    results = [value, tangent];
                }
                else
                {
                    results = [x, F.ones_like(x)];
                    for (var i = 0; i < loops; i++)
                    {
                        var (value, tangent) = Grad.Jvp((Tensor y) => Loops(y, 1), results[0], results[1]);
                        results = [value, tangent];
                    }
                }

                ops = Trace.Current!.Ops.Count;
                visits = Trace.Current.Visits;
                return results;
            });
            var found = compiled.Invoke(s_x);
            Assert.InRange(visits, loops, 4L * ops);

            // sin of itself so many times, and the product of the cosines.
            var (expected, slope) = (s_x, F.ones_like(s_x));
            for (var i = 0; i < 2 * loops; i++)
            {
                (expected, slope) = (F.sin(expected), slope * F.cos(expected));
            }

            OpCheck.AssertClose(expected, found[0], 1e-12, "value");
            OpCheck.AssertClose(slope, found[1], 1e-12, "tangent");
        }
    }

    private static Tensor Loops(Tensor x, int count)
    {
        for (var i = 0; i < count; i++)
        {
            x = Brachy.Control.For(0, 2, (_, y) => F.sin(y), x);
        }

        return x;
    }
}
