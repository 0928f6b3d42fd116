using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Decides how many threads libtorch uses for a graph. Kernels that take a few microseconds lose more by waking a second
/// thread than they gain.
/// </summary>
internal static class ThreadPolicy
{
    // About 15 µs on one AVX2 core.
    private const double SmallWork = 2e6;

    // Arithmetic that takes about as long as reading or writing one element through a vectorised kernel.
    private const double WorkPerElement = 10;

    // A kernel of many small steps, such as that of a recurrent layer, wakes and awaits the other thread in each of them.
    private const double SecondsPerWork = 15e-6 / SmallWork;
    private const double LostPerStep = 3e-6;

    /// <summary>
    /// Whether every equation is so small that one thread is faster; or kernels of small steps lose more by a second one than the large
    /// equations gain.
    /// </summary>
    public static bool IsBestOnOneThread(Graph graph)
    {
        var (gained, lost) = ByASecondThread(graph);
        return gained <= lost;
    }

    private static (double Gained, double Lost) ByASecondThread(Graph graph)
    {
        var (gained, lost) = (0.0, 0.0);
        foreach (var equation in graph.Equations)
        {
            if (equation.Settings is BodySettings settings)
            {
                foreach (var (i, body) in settings.Bodies.Index())
                {
                    var once = ByASecondThread(body);
                    gained += settings.RunsOf(i) * once.Gained;
                    lost += settings.RunsOf(i) * once.Lost;
                }

                continue;
            }

            var cost = equation.Cost;
            var work = Math.Max(2 * cost.MultiplyAdds, WorkPerElement * cost.Elements);
            if (work / Math.Max(1, cost.Steps) >= SmallWork)
            {
                gained += work * SecondsPerWork / 2;
            }
            else if (cost.Steps > 1)
            {
                lost += cost.Steps * LostPerStep;
            }
        }

        return (gained, lost);
    }
}
