using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Brachy.Telemetry;
using TorchSharp;

namespace Brachy.Compilation;

/// <summary>
/// Measures the costs of this machine: small programs run side by side in both ways between which a cost decides. A cost of a backend is
/// what makes the policy predict the difference that was measured.
/// </summary>
internal sealed class CostMeasurement
{
    private const int Stack = 16 << 20;
    private const int MostTries = 5;

    // What is measured twice may differ by so much; more means that other programs use the processor.
    private const double MostDisagreement = 1.3;

    // .NET compiles a method without optimization first, again after 30 calls to count what it does, and again after 30 more, each time on
    // a thread that waits until nothing new was compiled for a tenth of a second.
    private const int CallsOfStage = 50;
    private const int Stages = 8;

    private static readonly TimeSpan s_pauseOfStage = TimeSpan.FromMilliseconds(150);
    private static readonly long s_time = Stopwatch.Frequency / 40;
    private static readonly CompiledSubject s_subject = new("a measurement of costs", "measurement", []);

    private MachineCosts _costs = MachineCosts.Fixed;

    /// <summary>Measures on a thread of its own, so that nothing of the calling one counts: no trace, no switches, no scopes.</summary>
    /// <returns>The costs that were measured; null when the machine is too busy to tell.</returns>
    public static MachineCosts? Run(string machine)
    {
        MachineCosts? costs = null;
        ExceptionDispatchInfo? error = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    costs = new CostMeasurement().MeasureAll(machine);
                }
                catch (Exception failure)
                {
                    error = ExceptionDispatchInfo.Capture(failure);
                }
            },
            Stack)
        { IsBackground = true, Name = "Brachy costs" };
        thread.UnsafeStart();
        thread.Join();
        error?.Throw();
        return costs;
    }

    private MachineCosts? MeasureAll(string machine)
    {
        using var scope = TensorScope.Begin();
        using var noGradients = torch.no_grad();

        // The caller waits for the costs of the process: who asked for these here would wait for ever.
        using var costs = MachineCosts.Scope(_costs);

        // Layouts and algorithms first: what libtorch's code is at its best.
        return CostProbes.Thresholds.All(TryMeasure) && TryMeasureBalances() ? new MachineCosts(machine, cost => _costs[cost]) : null;
    }

    /// <summary>The least size from which on the first way is faster.</summary>
    private bool TryMeasure(ThresholdProbe probe)
    {
        var threshold = CostRange.All[probe.Cost].Most;
        foreach (var size in probe.Sizes.OrderDescending())
        {
            using var tensors = TensorScope.Begin();
            var graph = probe.GraphOf(size);
            using var always = Compile(graph, Backend.TorchScript, _costs.With(probe.Cost, 0));
            using var never = Compile(graph, Backend.TorchScript, _costs.With(probe.Cost, double.MaxValue));
            if (Compare(always, never) is not { } times)
            {
                return false;
            }

            if (times.First > times.Second)
            {
                break;
            }

            threshold = probe.ValueOf(size);
        }

        Set(probe.Cost, threshold);
        return true;
    }

    private bool TryMeasureBalances()
    {
        var (libtorch, vector) = (new List<Executable>(), new List<Executable>());
        try
        {
            foreach (var graph in CostProbes.Balances.Select(probe => probe.GraphOf()))
            {
                libtorch.Add(Compile(graph, Backend.TorchScript, _costs));
                vector.Add(Compile(graph, Backend.VectorCode, _costs));
            }

            OptimizeCode([.. vector]);
            return CostProbes.Balances.Index().All(probe => TryMeasure(probe.Item, libtorch[probe.Index], vector[probe.Index]));
        }
        finally
        {
            libtorch.ForEach(program => program.Dispose());
            vector.ForEach(program => program.Dispose());
        }
    }

    /// <summary>Runs programs, which share most methods, until .NET has optimized these.</summary>
    private static void OptimizeCode(Executable[] programs)
    {
        var inputs = Array.ConvertAll(programs, program => CostProbes.InputsOf(program.Graph));
        for (var stage = 0; stage < Stages; stage++)
        {
            for (var i = 0; i < programs.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                for (var call = 0; call < CallsOfStage && (call < 2 || Stopwatch.GetTimestamp() - start < s_time / 2); call++)
                {
                    SecondsOf(programs[i], inputs[i]);
                }
            }

            Thread.Sleep(s_pauseOfStage);
        }
    }

    /// <summary>What makes the policy right about a program; it is linear in each of its costs.</summary>
    private bool TryMeasure(BalanceProbe probe, Executable libtorch, Executable vector)
    {
        using var tensors = TensorScope.Begin();
        if (Compare(libtorch, vector) is not { } times)
        {
            return false;
        }

        double Predicted(double value)
        {
            using var scope = MachineCosts.Scope(_costs.With(probe.Cost, value));
            return probe.IsOfKnownWeights ? KnownWeightsPolicy.SavedBy(vector.Graph) : VectorPolicy.SavedBy(libtorch.Graph);
        }

        var without = Predicted(0);
        Set(probe.Cost, (times.First - times.Second - without) / (Predicted(1) - without));
        return true;
    }

    private void Set(MachineCost cost, double value)
    {
        var range = CostRange.All[cost];
        _costs = _costs.With(cost, Math.Clamp(value, range.Least, range.Most));
    }

    private static Executable Compile(Graph graph, Backend backend, MachineCosts costs)
    {
        using var scope = MachineCosts.Scope(costs);
        return Compiler.Compile(graph, new bool[graph.Inputs.Count], backend, s_subject);
    }

    /// <summary>The least seconds that each takes; null if they cannot be told.</summary>
    private static (double First, double Second)? Compare(Executable first, Executable second)
    {
        var inputs = CostProbes.InputsOf(first.Graph);
        for (var i = 0; i < Math.Max(2, first.OptimizingRuns + second.OptimizingRuns); i++)
        {
            SecondsOf(first, inputs);
            SecondsOf(second, inputs);
        }

        for (var i = 0; i < MostTries; i++)
        {
            var (once, again) = (Least(first, second, inputs), Least(first, second, inputs));
            if (Agree(once.First, again.First) && Agree(once.Second, again.Second))
            {
                return (Math.Min(once.First, again.First), Math.Min(once.Second, again.Second));
            }
        }

        return null;
    }

    private static bool Agree(double one, double other) => Math.Max(one, other) <= MostDisagreement * Math.Min(one, other);

    private static (double First, double Second) Least(Executable first, Executable second, Tensor[] inputs)
    {
        const int FewestRuns = 12;
        var (least, leastOther, start) = (double.MaxValue, double.MaxValue, Stopwatch.GetTimestamp());
        for (var i = 0; i < FewestRuns || Stopwatch.GetTimestamp() - start < s_time; i++)
        {
            least = Math.Min(least, SecondsOf(first, inputs));
            leastOther = Math.Min(leastOther, SecondsOf(second, inputs));
        }

        return (least, leastOther);
    }

    private static double SecondsOf(Executable executable, Tensor[] inputs)
    {
        using var results = TensorScope.Begin();
        var start = Stopwatch.GetTimestamp();
        executable.Run(inputs, s_subject.Function, null);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
