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

    /// <summary>Whether every equation, or each of the steps that one kernel makes, is so small that one thread is faster.</summary>
    public static bool IsBestOnOneThread(Graph graph) =>
        graph.AllEquations().All(equation => equation.Bodies.Count > 0 || Work(equation) < SmallWork);

    private static double Work(Equation equation)
    {
        var cost = equation.Cost;
        return Math.Max(2 * cost.MultiplyAdds, WorkPerElement * cost.Elements) / Math.Max(1, cost.Steps);
    }
}
