using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy.IO.Tracing;

/// <summary>A tensor that a program is given.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dims">For each dim the name of its size, or null where it is fixed.</param>
internal sealed record ProgramInput(string Name, IReadOnlyList<string?> Dims);

/// <summary>A tensor of a structure tree that a program uses.</summary>
/// <param name="Name">Its path in the tree.</param>
/// <param name="Value">The tensor.</param>
internal sealed record ProgramWeight(string Name, Tensor Value);

/// <summary>A graph, and for each of its equations the path of the node that it belongs to; empty for none.</summary>
internal sealed record TracedGraph(Graph Graph, IReadOnlyList<string> Paths);

/// <summary>A function as graphs: one, or one for each of some sizes when sizes vary. These differ in numbers alone.</summary>
internal sealed class TracedProgram
{
    private TracedProgram(
        ExportedFunction function, IReadOnlyList<TracedGraph> graphs, SizePoints points, SizeSolver solver,
        IReadOnlyList<UnservedSizes> unserved, IReadOnlyList<ProgramInput> inputs, IReadOnlyList<string> outputs)
    {
        (Name, Graphs, Points, Solver, Unserved) = (function.Name, graphs, points, solver, unserved);
        (Inputs, OutputPaths) = (inputs, outputs);
        Weights = [.. Enumerable.Range(0, function.Leaves.Length).Where(i => function.IsWeight[i])
            .Select(i => new ProgramWeight(function.LeafNames[i], function.Leaves[i]))];
    }

    /// <summary>The name of the function.</summary>
    public string Name { get; }

    /// <summary>The graphs, one for each of the points.</summary>
    public IReadOnlyList<TracedGraph> Graphs { get; }

    /// <summary>The sizes that the graphs are of; one point without sizes when none varies.</summary>
    public SizePoints Points { get; }

    /// <summary>Finds formulas of numbers that differ.</summary>
    public SizeSolver Solver { get; }

    /// <summary>Sizes for which the function is something else.</summary>
    public IReadOnlyList<UnservedSizes> Unserved { get; }

    /// <summary>The inputs of the graphs, in the order of the arguments.</summary>
    public IReadOnlyList<ProgramInput> Inputs { get; }

    /// <summary>The weights, in the order of the tree; those that the graphs use are among their constants.</summary>
    public IReadOnlyList<ProgramWeight> Weights { get; }

    /// <summary>The paths of the results: <c>output</c>, or <c>output.Item1</c> and so on.</summary>
    public IReadOnlyList<string> OutputPaths { get; }

    /// <summary>Traces a function, for several sizes if some vary, and runs the passes that every backend would want.</summary>
    /// <param name="function">The function.</param>
    /// <param name="varying">Which sizes vary; arguments of a model count without the tree.</param>
    /// <param name="foldWeights">Whether weights are constants, so that what depends on nothing else is computed now.</param>
    /// <param name="prepare">Rewrites each graph before the passes; null for nothing.</param>
    /// <exception cref="VaryingSizeException">The program depends on sizes in another way than by formulas.</exception>
    public static TracedProgram Trace(
        ExportedFunction function, IReadOnlyList<VaryingDims> varying, bool foldWeights, Func<Graph, Graph>? prepare = null)
    {
        if (Brachy.Trace.Current is not null)
        {
            throw new InvalidOperationException("An export traces its function by itself; call it outside of functions that are traced.");
        }

        var notes = new Dictionary<Graph, string[]>(ReferenceEqualityComparer.Instance);
        var graphs = new List<TracedGraph>();
        if (varying.Count == 0)
        {
            var points = new SizePoints([], [[]]);
            TensorType[] types = [.. function.Leaves.Select(leaf => leaf.Type)];
            var traced = TraceOnce(function, types, notes);
            var passes = new ExportPasses(function, [traced.Graph], foldWeights, prepare);
            return new(
                function, passes.Run(notes), points, new SizeSolver(points), [], InputsOf(function, types), [.. traced.Result.LeafPaths!]);
        }

        var sizes = new VaryingSizes(varying);
        var definition = sizes.Generalize(function.Arguments);
        var places = new SizePlaces(definition, sizes.Names);
        var actual = new long[sizes.Names.Count];
        places.Read(function.Leaves, actual, function.Name);
        long[] typical = [.. sizes.Typical.Select((size, name) => size > 0 ? size : actual[name])];
        object[] leafTypes = [.. definition.Tokens.Where(token => token.IsLeaf).Select(token => token.Value!)];
        var probes = SizeProbes.Make(
            function.Name, sizes.Names, typical, actual, places.FixedSizes(function.Leaves), of => TraceOnce(function, TypesAt(of), notes));
        var all = new ExportPasses(function, [.. probes.Traces.Select(traced => traced.Graph)], foldWeights, prepare).Run(notes);
        var unserved = new SizeChecks(function, probes, of => TraceOnce(function, TypesAt(of), notes), prepare, notes).Find();
        return new(
            function, all, probes.Points, probes.Solver, unserved, InputsOf(function, leafTypes),
            [.. probes.Traces[0].Result.LeafPaths!]);

        TensorType[] TypesAt(long[] of) => [.. leafTypes.Select(type => type is VaryingType varies
            ? varies.At(name => of[sizes.Names.Index().First(other => other.Item == name).Index]) : (TensorType)type)];
    }

    private static ProgramInput[] InputsOf(ExportedFunction function, object[] types) =>
        [.. Enumerable.Range(0, types.Length).Where(i => !function.IsWeight[i]).Select(i => new ProgramInput(
            function.LeafNames[i],
            types[i] is VaryingType varying ? varying.Names : new string?[((TensorType)types[i]).Rank]))];

    private static TracedFunction TraceOnce(ExportedFunction function, TensorType[] types, Dictionary<Graph, string[]> notes)
    {
        using var trace = Brachy.Trace.BeginGraph(function.Name);
        var tensors = types.Select((type, i) => trace.Argument(type, function.LeafNames[i])).ToArray();
        var paths = new PathNotes();
        var traced = paths.Run(() => function.Run(tensors));
        trace.RequireNothingLeft();
        if (traced.Outputs.Length == 0)
        {
            throw new ArgumentException(
                $"{function.Name} gives no tensor, so that a program of it would compute nothing.", nameof(function));
        }

        var graph = Graph.FromTrace(trace, tensors, traced.Outputs);
        notes.Add(graph, [.. trace.Ops.Select(paths.PathOf)]);

        // What a run would look at afterwards has no place in a file.
        return new(graph, traced.Result, []);
    }
}
