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
    public static bool IsBestOnOneThread(Graph graph) => IsBestOnOneThread(UsesOf(graph));

    /// <inheritdoc cref="IsBestOnOneThread(Graph)"/>
    public static bool IsBestOnOneThread(IEnumerable<KernelUse> uses)
    {
        var (gained, lost) = (0.0, 0.0);
        foreach (var use in uses)
        {
            if (use.Work / Math.Max(1, use.Steps) >= SmallWork)
            {
                gained += use.Runs * use.Work * SecondsPerWork / 2;
            }
            else if (use.Steps > 1)
            {
                lost += use.Runs * use.Steps * LostPerStep;
            }
        }

        return gained <= lost;
    }

    /// <summary>The kernels of a graph, those of bodies too.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="runs">How often it runs.</param>
    public static IEnumerable<KernelUse> UsesOf(Graph graph, double runs = 1) => graph.Equations.SelectMany(
        equation => equation.Settings is BodySettings settings
            ? settings.Bodies.SelectMany((body, i) => UsesOf(body, runs * settings.RunsOf(i)))
            : [UseOf(equation.Cost, runs)]);

    private static KernelUse UseOf(Cost cost, double runs) =>
        new(runs, Math.Max(2 * cost.MultiplyAdds, WorkPerElement * cost.Elements), cost.Steps);
}

/// <summary>A kernel of a graph.</summary>
/// <param name="Runs">How often it runs.</param>
/// <param name="Work">What a run does.</param>
/// <param name="Steps">In how many steps, one after the other, it does so.</param>
internal readonly record struct KernelUse(double Runs, double Work, double Steps);
