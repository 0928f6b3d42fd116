using Brachy.Extending;
using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>One TorchScript function for all sizes: they are its first parameters.</summary>
internal sealed class VaryingScript : VaryingProgram
{
    private readonly TorchScriptExecutable _example;
    private readonly IReadOnlyList<ResultType> _results;
    private readonly IReadOnlyList<(int Output, Func<long[], long> Bytes)> _memory;
    private readonly IReadOnlyList<Func<long[], KernelUse>> _kernels;
    private readonly bool _mayRunOnOneThread = !CompilerPasses.IsDisabled(CompilerPasses.OneThread);

    /// <param name="graphs">The rewritten graph for each of the points.</param>
    /// <param name="points">The sizes.</param>
    /// <param name="solver">Finds formulas.</param>
    /// <param name="donated">For each input whether a run takes it over.</param>
    /// <exception cref="SizesDifferException">The code depends on sizes in another way than by formulas.</exception>
    public VaryingScript(IReadOnlyList<Graph> graphs, SizePoints points, SizeSolver solver, bool[] donated)
    {
        var graph = graphs[0];
        var plans = graphs.Select(g => MemoryPlan.Make(g, donated)).ToArray();
        if (plans.Skip(1).Any(plan => !plan.IsLike(plans[0])))
        {
            throw new SizesDifferException(new([.. graphs.Select(g => $"{g.Inputs.Count} inputs in another memory plan")]));
        }

        _results = [.. plans[0].NativeResults.Select((_, i) => ResultType.Of([.. plans.Select(p => p.NativeResults[i].Type)], solver))];
        _memory = [.. plans[0].Outputs.Index().Where(output => output.Item.Bytes > 0 || plans.Any(p => p.Outputs[output.Index].Bytes > 0))
            .Select(output => (output.Index, FormulaOf([.. plans.Select(p => p.Outputs[output.Index].Bytes)], solver)))];
        _kernels = KernelsOf(graphs, solver);
        _example = new TorchScriptExecutable(
            graph, plans[0], donated, plans[0].NativeResults.Count == 0 ? null : Script(graphs, plans, points, solver), points.Points[0]);
    }

    public override Executable Example => _example;

    public override Executable At(long[] sizes) => _example.WithSizes(
        sizes,
        _example.Plan.With([.. _results.Select(result => result.At(sizes))], _memory.ToDictionary(m => m.Output, m => m.Bytes(sizes))),
        _mayRunOnOneThread && ThreadPolicy.IsBestOnOneThread(_kernels.Select(kernel => kernel(sizes))));

    public override void Dispose() => _example.Dispose();

    private static string Script(IReadOnlyList<Graph> graphs, MemoryPlan[] plans, SizePoints points, SizeSolver solver)
    {
        var scripts = graphs.Select((graph, i) => ScriptWriter.Write(graph, plans[i], PlannedExecutable.FindReads(graph))).ToArray();
        var template = SizeTemplate.Solve(scripts, solver, out var difference) ?? throw new SizesDifferException(difference!);
        return ScriptWriter.WithSizes(template, points.Names.Count);
    }

    private static Func<long[], KernelUse>[] KernelsOf(IReadOnlyList<Graph> graphs, SizeSolver solver)
    {
        var uses = graphs.Select(graph => ThreadPolicy.UsesOf(graph).ToArray()).ToArray();
        return [.. uses[0].Select((use, i) =>
        {
            var (runs, work, steps) = (Number(u => u.Runs), Number(u => u.Work), Number(u => u.Steps));
            return new Func<long[], KernelUse>(sizes => new(runs(sizes), work(sizes), steps(sizes)));

            // An estimate that is no formula stays that of the first sizes.
            Func<long[], double> Number(Func<KernelUse, double> of)
            {
                string[] values = [.. uses.Select(own => Extending.Script.Real(of(own[i])))];
                return Array.TrueForAll(values, value => value == values[0]) || solver.Solve(values) is not { } formula
                    ? _ => of(use)
                    : sizes => formula.RealAt(sizes);
            }
        })];
    }

    private static Func<long[], long> FormulaOf(long[] values, SizeSolver solver)
    {
        if (values.All(value => value == values[0]))
        {
            return _ => values[0];
        }

        var formula = solver.Solve(values) ?? throw new SizesDifferException(new([.. values.Select(value => $"{value} bytes")]));
        return sizes => formula.IntegerAt(sizes);
    }

    /// <summary>The type of a result.</summary>
    private sealed class ResultType(TensorType type, Func<long[], long>[] sizes)
    {
        public TensorType At(long[] of) => type.WithShape([.. sizes.Select(size => size(of))]);

        public static ResultType Of(TensorType[] types, SizeSolver solver) => new(
            types[0], [.. Enumerable.Range(0, types[0].Rank).Select(dim => FormulaOf([.. types.Select(t => t.Shape[dim])], solver))]);
    }
}
