using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy;

/// <summary>A function traced for some sizes, and what the graphs have in common.</summary>
internal sealed class SizeProbes
{
    private const int Few = 3;
    private const int Many = 5;
    private const long Smallest = 8;

    // Independent, so that no size is a simple formula of another; next to each other, so that some are even and some are not.
    private static readonly int[][] s_steps = [[0, 1, 2, 4, 3], [0, 2, 1, 5, 3], [0, 3, 1, 2, 6], [0, 1, 4, 2, 5], [0, 2, 5, 1, 3]];

    private SizeProbes(TracedFunction[] traces, SizePoints points, SizeSolver solver, SizeTemplate graph)
    {
        (Traces, Points, Solver, Graph) = (traces, points, solver, graph);
    }

    /// <summary>What was traced for each of the points.</summary>
    public IReadOnlyList<TracedFunction> Traces { get; }

    public SizePoints Points { get; }

    public SizeSolver Solver { get; }

    /// <summary>The graph with formulas.</summary>
    public SizeTemplate Graph { get; }

    /// <summary>Traces a function for some sizes.</summary>
    /// <param name="function">Its name, for messages.</param>
    /// <param name="names">The names of the sizes.</param>
    /// <param name="typical">Sizes near which to choose.</param>
    /// <param name="actual">The sizes of the call, for which the function is surely meant.</param>
    /// <param name="fixedSizes">Sizes that do not vary, which could be taken for one that does.</param>
    /// <param name="trace">Traces the function.</param>
    /// <exception cref="VaryingSizeException">The function depends on sizes in another way than by formulas.</exception>
    public static SizeProbes Make(
        string function, IReadOnlyList<string> names, IReadOnlyList<long> typical, long[] actual, IReadOnlySet<long> fixedSizes,
        Func<long[], TracedFunction> trace)
    {
        var traces = new List<TracedFunction>();
        var points = new List<long[]>();
        Begin();
        while (true)
        {
            var known = new SizePoints(names, points);
            var solver = new SizeSolver(known);
            var template = SizeTemplate.Solve([.. traces.Select(t => GraphPrinter.Print(t.Graph))], solver, out var difference);
            if (template is not null)
            {
                for (var i = 1; i < traces.Count; i++)
                {
                    RequireEqualConstants(function, traces[0], traces[i], known.Describe(0), known.Describe(i));
                }

                return new([.. traces], known, solver, template);
            }

            if (points.Count == Many || !TryAddMore())
            {
                throw Refusal(function, difference!, [.. Enumerable.Range(0, points.Count).Select(known.Describe)]);
            }
        }

        bool TryAddMore()
        {
            var (step, first) = (points[0][0] > points[1][0] ? -1 : 1, points[0]);
            try
            {
                Add(Many, (name, i) => first[name] + (step * s_steps[name % s_steps.Length][i]), points.Count);
                return true;
            }
            catch (Exception error) when (!IsOfTheCaller(error))
            {
                return false;
            }
        }

        // Below the typical sizes, where tables are surely long enough; above them, where kernels surely fit.
        void Begin()
        {
            var isActualKnown = false;
            Exception? failure = null;
            foreach (var step in (ReadOnlySpan<int>)[-1, 1])
            {
                var bases = Bases(step);
                try
                {
                    Add(Few, (name, i) => bases[name] + (step * s_steps[name % s_steps.Length][i]), 0);
                    return;
                }
                catch (Exception error) when (!IsOfTheCaller(error))
                {
                    failure ??= new VaryingSizeException(
                        $"{function} was traced for sizes that vary, {SizePoints.Describe(names, [.. bases])} among them, and failed "
                        + "there, "
                        + $"but not for {SizePoints.Describe(names, actual)}: {error.Message}", error);
                    (traces, points) = ([], []);
                    if (!isActualKnown)
                    {
                        // What is wrong whatever the sizes is said with those of the call.
                        trace(actual);
                        isActualKnown = true;
                    }
                }
            }

            throw failure!;
        }

        void Add(int count, Func<int, int, long> size, int from)
        {
            for (var i = from; i < count; i++)
            {
                long[] sizes = [.. names.Select((_, name) => size(name, i))];
                traces.Add(trace(sizes));
                points.Add(sizes);
            }
        }

        long[] Bases(int step)
        {
            var taken = new HashSet<long>(fixedSizes);
            var bases = new long[names.Count];
            for (var name = 0; name < bases.Length; name++)
            {
                var steps = s_steps[name % s_steps.Length];
                var start = step < 0 ? Math.Max(typical[name], Smallest) : Math.Max(typical[name], 2);
                var size = start;
                while (steps.Any(s => taken.Contains(size + (step * s))) && Math.Abs(size - start) < 4 * Smallest)
                {
                    size += step;
                    if (size - steps.Max() < 2 && step < 0)
                    {
                        (size, start) = (start + steps.Max() + 1, start + steps.Max() + 1);
                    }
                }

                bases[name] = size;
                taken.UnionWith(steps.Select(s => size + (step * s)));
            }

            return bases;
        }
    }

    /// <summary>Where the graph for other sizes is not what the formulas say; null when it is.</summary>
    public SizeDifference? DifferenceTo(TracedFunction traced, long[] sizes) =>
        Graph.DifferenceTo(GraphPrinter.Print(traced.Graph), sizes, Points.Names);

    /// <summary>Throws unless tensors that the function makes of C# numbers are the same for other sizes.</summary>
    /// <exception cref="VaryingSizeException">They are not.</exception>
    public void RequireEqualConstants(string function, TracedFunction traced, long[] sizes) =>
        RequireEqualConstants(function, Traces[0], traced, Points.Describe(0), SizePoints.Describe(Points.Names, sizes));

    /// <summary>Says that no one version serves all sizes.</summary>
    public static VaryingSizeException Refusal(string function, SizeDifference difference, IReadOnlyList<string> sizes)
    {
        var lines = difference.Lines.Zip(sizes, (line, of) => $"\n  {of}: {line}").Distinct();
        return new($"{function}: {(difference.Op is { } op ? $"'{op}'" : "the program")} depends on sizes that vary in another way than by "
            + $"a formula, so that no one compiled version serves all of them:{string.Concat(lines)}\n"
            + "Make the program the same for all sizes, or do not declare this size as varying.");
    }

    private static void RequireEqualConstants(string function, TracedFunction one, TracedFunction other, string ofOne, string ofOther)
    {
        foreach (var (left, right) in Constants(one.Graph).Zip(Constants(other.Graph)))
        {
            var difference = left.IsSameAs(right) ? null
                : !left.Value.Type.Equals(right.Value.Type) ? $"{left.Value.Type} and {right.Value.Type}"
                : TensorComparison.Difference(left.Value, right.Value, TreeComparison.Exact);
            if (difference is not null)
            {
                throw new VaryingSizeException(
                    $"{function}: a tensor that the function makes from C# numbers ({left.Value.Type}) has other values for {ofOne} than "
                    + $"for {ofOther}: {difference}. Make it with ops (F.arange, F.full), or pass it as an argument.");
            }
        }

        static IEnumerable<Constant> Constants(Graph graph) =>
            graph.Constants.Concat(graph.AllEquations().SelectMany(equation => equation.Bodies.SelectMany(body => body.Constants)));
    }

    private static bool IsOfTheCaller(Exception failure) =>
        failure is OperationCanceledException or InsufficientExecutionStackException or ThreadInterruptedException;
}
