using Brachy.Compilation;
using Brachy.IO.Tracing;

namespace Brachy.IO.Onnx;

/// <summary>Writes a traced graph as a model, equation by equation.</summary>
internal sealed class ModelWriter
{
    private readonly Dictionary<object, string> _weightNames;
    private readonly HashSet<string> _names = [];
    private readonly List<SmallTensor> _small = [];
    private readonly List<LargeTensor> _large = [];
    private readonly Dictionary<object, Value> _largeValues = [];
    private readonly List<Refusal> _refusals;

    private ModelWriter(Dictionary<object, string> weightNames, OpenDims open, List<Refusal> refusals)
    {
        (_weightNames, Open, _refusals) = (weightNames, open, refusals);
        _names.UnionWith(weightNames.Values);
    }

    /// <summary>The path of the node whose equations are being written.</summary>
    public string Path { get; private set; } = "";

    /// <summary>Which dims may have any size when the file runs.</summary>
    public OpenDims Open { get; }

    /// <summary>Writes a graph.</summary>
    /// <param name="program">The program that it is of.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="names">Names of inputs and outputs.</param>
    /// <param name="open">Which dims may have any size.</param>
    /// <param name="refusals">Receives what has no rule.</param>
    public static OnnxModel Write(
        TracedProgram program, TracedGraph graph, InterfaceNames names, OpenDims open, List<Refusal> refusals)
    {
        var weights = new Dictionary<object, string>();
        foreach (var weight in program.Weights)
        {
            weights.TryAdd(new Constant(new Var(weight.Value.Type), weight.Value).Identity, weight.Name);
        }

        var writer = new ModelWriter(weights, open, refusals);
        writer._names.UnionWith(names.Inputs);
        writer._names.UnionWith(names.Outputs);
        var result = new OnnxGraph(program.Name);
        var builder = new GraphWriter(writer, result, null);
        foreach (var (i, input) in graph.Graph.Inputs.Index())
        {
            builder.Define(input, new Value(names.Inputs[i], input.Type.DType));
            result.Inputs.Add(new(names.Inputs[i], input.Type.DType, [.. input.Type.Shape.Select(size => (object)size)]));
        }

        builder.WriteAll(graph.Graph, i => graph.Paths[i]);
        if (refusals.Count == 0)
        {
            builder.WriteOutputs(graph.Graph.Outputs, names.Outputs);
        }

        return DeadNodes.Remove(new(result, writer._small, writer._large));
    }

    /// <summary>A name that nothing has.</summary>
    /// <param name="wanted">What it is to begin with.</param>
    public string NewName(string wanted)
    {
        var name = wanted;
        for (var i = 1; !_names.Add(name); i++)
        {
            name = $"{wanted}_{i}";
        }

        return name;
    }

    /// <summary>Adds numbers that a rule needs.</summary>
    public Value Add(string op, DType dtype, Shape shape, Scalar[] numbers)
    {
        var tensor = new SmallTensor(NewName($"{op}/constant"), dtype, shape, numbers, op);
        _small.Add(tensor);
        return new(tensor.Name, dtype);
    }

    /// <summary>The value of a tensor that the graph holds.</summary>
    public Value Add(Constant constant)
    {
        if (!_largeValues.TryGetValue(constant.Identity, out var value))
        {
            var name = _weightNames.GetValueOrDefault(constant.Identity) ?? NewName("constant");
            _large.Add(new(name, constant.Value));
            _largeValues.Add(constant.Identity, value = new(name, constant.Value.dtype));
        }

        return value;
    }

    /// <summary>Notes that an equation cannot be written.</summary>
    public void Refuse(Equation equation, string? reason) => _refusals.Add(new(Path, equation.Primitive.Name, reason));

    /// <summary>Sets the path of the equations that come.</summary>
    public void Enter(string path) => Path = path;
}
