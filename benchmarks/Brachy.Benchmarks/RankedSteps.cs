using System.Diagnostics;
using System.Globalization;

namespace Brachy.Benchmarks;

/// <summary>
/// Data-parallel training steps of two ranks beside those of one with the same batch per rank, each rank with one thread: what exchanging
/// gradients, and sharing a machine, costs. Two processes that do not know of each other tell what sharing alone does.
/// </summary>
internal static class RankedSteps
{
    /// <summary>The first argument of such a process; the second is the model.</summary>
    public const string Command = "ranked-steps";

    private const int Rounds = 3;
    private const int Steps = 12;
    private const int Warmup = 4;

    /// <summary>Trains as one of the ranks; the first prints the milliseconds of a step.</summary>
    public static int Run(string model)
    {
        var step = model == "lm" ? LanguageModelSteps.Jitted() : ResNetSteps.Jitted();
        var times = new double[Steps];
        for (var i = -Warmup; i < Steps; i++)
        {
            Rank.Barrier();
            var start = Stopwatch.GetTimestamp();
            step();
            times[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        if (Rank.IsFirst)
        {
            Console.WriteLine(Interleaved.Median(times).ToString(CultureInfo.InvariantCulture));
        }

        return 0;
    }

    /// <param name="id">The row.</param>
    /// <param name="model">The model: <c>resnet18</c> or <c>lm</c>.</param>
    /// <param name="bound">The most that a step of two ranks may take, in steps of one.</param>
    /// <returns>The quotient; nothing where there is no <c>mpirun</c>.</returns>
    public static IEnumerable<Measurement> Measure(string id, string model, double bound)
    {
        (string, string)[] oneThread = [("OMP_NUM_THREADS", "1"), ("OMPI_MCA_hwloc_base_binding_policy", "core")];
        var runs = new (int Processes, (string, string)[] Environment, double[] Times)[]
        {
            (1, oneThread, new double[Rounds]),
            (2, oneThread, new double[Rounds]),
            (2, [.. oneThread, ("BRACHY_MPI", "none")], new double[Rounds]),
        };
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (processes, environment, times) in runs)
            {
                if (Mpirun.Run(processes, environment, Command, model) is not { } lines)
                {
                    Console.Error.WriteLine($"{id} is left out: {Mpirun.Missing}");
                    return [];
                }

                times[round] = double.Parse(lines[^1], CultureInfo.InvariantCulture);
            }
        }

        var (one, two, apart) = (Interleaved.Median(runs[0].Times), Interleaved.Median(runs[1].Times), Interleaved.Median(runs[2].Times));
        return
        [
            Measurement.AtMost(
                id, two / one, bound,
                FormattableString.Invariant($"one thread each: one rank {one:F0} ms a step, two {two:F0} ms, ")
                    + FormattableString.Invariant($"two processes apart {apart:F0} ms")),
        ];
    }
}
