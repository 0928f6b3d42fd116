using Brachy.Compilation;
using Brachy.Extending;
using Brachy.IO.Tracing;

namespace Brachy.IO.TorchScript;

/// <summary>A graph as statements of TorchScript.</summary>
internal sealed class ScriptProgram
{
    private ScriptProgram(IReadOnlyList<string> sizes) => Sizes = sizes;

    /// <summary>The names of the sizes that vary; the code calls them s0, s1, ….</summary>
    public IReadOnlyList<string> Sizes { get; }

    /// <summary>What the code calls each input, or null where it reads none.</summary>
    public IReadOnlyList<string?> Names { get; private init; } = [];

    /// <summary>What the code calls each constant, or null where it uses it in no way.</summary>
    public IReadOnlyList<string?> Constants { get; private init; } = [];

    /// <summary>Lines, indented by four.</summary>
    public string Statements { get; private init; } = "";

    /// <summary>An expression for each result.</summary>
    public IReadOnlyList<string> Results { get; private init; } = [];

    /// <summary>Makes a graph ready to be written.</summary>
    public static Graph Prepare(Graph graph)
    {
        var donated = new bool[graph.Inputs.Count];
        graph = PortableOps.Pass.RunDeep(LayersInSteps.Run(graph), donated);
        graph = new Pass("repeats of rewrites", CommonSubexpressions.Run).RunDeep(graph, donated);
        return LoopCarries.Choose(BodyConstants.Lift(new Pass("leftovers", DeadCode.Run).RunDeep(graph, donated)));
    }

    /// <param name="graphs">The prepared graph for each choice of sizes.</param>
    /// <param name="sizes">The names of the sizes that vary.</param>
    /// <param name="solver">Finds formulas; null when no size varies.</param>
    /// <exception cref="SizesDifferException">The code depends on sizes in another way than by formulas.</exception>
    public static ScriptProgram Write(IReadOnlyList<Graph> graphs, IReadOnlyList<string> sizes, SizeSolver? solver)
    {
        var graph = graphs[0];
        var reads = PlannedExecutable.FindReads(graph);
        var plans = graphs.Select(own => MemoryPlan.Make(own, new bool[own.Inputs.Count])).ToArray();
        var texts = graphs.Zip(plans, (own, plan) => ScriptWriter.Write(own, plan, reads)).ToArray();
        var text = texts[0];
        if (solver is not null)
        {
            var template = SizeTemplate.Solve(texts, solver, out var difference) ?? throw new SizesDifferException(difference!);
            text = ScriptWriter.WithSizes(template, sizes.Count);
        }

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var plan = plans[0];
        var natives = lines[^1][lines[^1].IndexOf('(', StringComparison.Ordinal)..].Trim('(', ')', ' ')
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var used = plan.Outputs.Where(output => output.Source == OutputSource.Input).Select(output => output.Index).ToHashSet();
        var count = 0;
        var names = new string?[graph.Inputs.Count];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = reads[i] ? $"x{count++}" : used.Contains(i) ? $"u{i}" : null;
        }

        var needed = graph.Equations.SelectMany(equation => equation.Inputs).Concat(graph.Outputs).ToHashSet();
        string?[] constants = [.. graph.Constants.Select((constant, i) => needed.Contains(constant.Var) ? $"c{count + i}" : null)];
        var results = new List<string>();
        foreach (var (i, output) in plan.Outputs.Index())
        {
            results.Add(output.Source switch
            {
                OutputSource.Native => natives[output.Index],
                OutputSource.Input => names[output.Index]!,
                OutputSource.Constant => constants[output.Index]!,
                OutputSource.Duplicate => results[output.Index],
                OutputSource.Literal when graph.Outputs[i] is Literal number =>
                    $"torch.scalar_tensor({Script.Number(number.Value)}, dtype={Script.Type(number.Type.DType)})",
                _ => throw new InvalidOperationException($"A result comes from {output.Source}."),
            });
        }

        return new(sizes)
        {
            Names = names,
            Constants = constants,
            Statements = string.Concat(lines[1..^1].Select(line => line + "\n")),
            Results = results,
        };
    }
}
