using System.Globalization;
using Brachy.Compilation;
using Brachy.IO.Tracing;

namespace Brachy.IO.Onnx;

/// <summary>
/// Makes one model of those for several sizes. Numbers that differ become formulas: nodes that compute them from the shapes of inputs.
/// </summary>
internal sealed partial class SizeFormulas
{
    private readonly TracedProgram _program;
    private readonly IReadOnlyList<OnnxModel> _models;
    private readonly List<OnnxNode> _sizes = [];
    private readonly Dictionary<string, string> _known = [];
    private readonly List<SmallTensor> _small = [];
    private int _next;

    private SizeFormulas(TracedProgram program, IReadOnlyList<OnnxModel> models) => (_program, _models) = (program, models);

    /// <summary>The one model for all sizes.</summary>
    /// <exception cref="VaryingSizeException">The models differ by more than numbers.</exception>
    public static OnnxModel Join(TracedProgram program, IReadOnlyList<OnnxModel> models) =>
        models.Count == 1 ? models[0] : new SizeFormulas(program, models).Join();

    private OnnxModel Join()
    {
        foreach (var (i, first) in _models[0].Small.Index())
        {
            Add(first, [.. _models.Select(model => model.Small[i])]);
        }

        Guard();
        var graph = Join([.. _models.Select(model => model.Graph)]);
        graph.Nodes.InsertRange(0, _sizes);
        for (var i = 0; i < graph.Inputs.Count; i++)
        {
            var dims = _program.Inputs[i].Dims;
            graph.Inputs[i] = graph.Inputs[i] with { Dims = [.. graph.Inputs[i].Dims!.Select((size, d) => dims[d] ?? size)] };
        }

        return new(graph, _small, _models[0].Large);
    }

    private OnnxGraph Join(OnnxGraph[] graphs)
    {
        var result = new OnnxGraph(graphs[0].Name);
        foreach (var (i, node) in graphs[0].Nodes.Index())
        {
            var nodes = graphs.Select(graph => i < graph.Nodes.Count ? graph.Nodes[i] : null).ToArray();
            if (Array.Find(nodes, other => other is null || other.OpType != node.OpType
                || !other.Inputs.SequenceEqual(node.Inputs) || !other.Outputs.SequenceEqual(node.Outputs)) is not null
                || Array.Exists(nodes, other => other is null))
            {
                throw Refuse(node.Name, [.. nodes.Select(other => other?.OpType ?? "nothing")]);
            }

            result.Nodes.Add(node with
            {
                Inputs = [.. node.Inputs.Select(input => _guarded.GetValueOrDefault(input, input))],
                Attributes = [.. node.Attributes.Select((_, a) => JoinAttribute(nodes!, a))],
            });
        }

        result.Inputs.AddRange(graphs[0].Inputs.Select((_, i) => JoinInfo([.. graphs.Select(graph => graph.Inputs[i])])));
        result.Outputs.AddRange(graphs[0].Outputs.Select((_, i) => JoinInfo([.. graphs.Select(graph => graph.Outputs[i])])));
        return result;
    }

    private OnnxAttribute JoinAttribute(OnnxNode[] nodes, int a)
    {
        var first = nodes[0].Attributes[a];
        if (first.Value is OnnxGraph)
        {
            return new(first.Name, Join([.. nodes.Select(node => (OnnxGraph)node.Attributes[a].Value)]));
        }

        return Array.TrueForAll(nodes, node => node.Attributes.Count == nodes[0].Attributes.Count && node.Attributes[a].IsSame(first))
            ? first
            : throw Refuse(nodes[0].Name, [.. nodes.Select(node => $"{first.Name} = {node.Attributes[a].Text}")]);
    }

    private OnnxValueInfo JoinInfo(OnnxValueInfo[] infos) => infos[0] with
    {
        Dims = infos[0].Dims?.Select((size, d) =>
        {
            long[] sizes = [.. infos.Select(info => (long)info.Dims![d])];
            return Array.TrueForAll(sizes, other => other == sizes[0]) ? size
                : _program.Solver.Solve(sizes) is { } formula ? formula.Write(_program.Points.Names)
                : throw Refuse(infos[0].Name, [.. sizes.Select(other => $"dim {d} = {other}")]);
        }).ToArray(),
    };

    /// <summary>Numbers of a rule: as they are when they are the same for all sizes.</summary>
    private void Add(SmallTensor first, SmallTensor[] all)
    {
        if (Array.Exists(all, other => other.Shape != first.Shape || other.DType != first.DType))
        {
            throw Refuse(first.Op, [.. all.Select(other => $"{other.Numbers.Length} numbers")]);
        }

        if (Array.TrueForAll(all, other => other.Numbers.AsSpan().SequenceEqual(first.Numbers)))
        {
            _small.Add(first);
            return;
        }

        // One after the other, each a list of one element, and then together.
        var parts = new List<string>();
        for (var n = 0; n < first.Numbers.Length; n++)
        {
            string[] numbers = [.. all.Select(other => other.Numbers[n].ToString())];
            var isSame = Array.TrueForAll(numbers, number => number == numbers[0]);
            parts.Add(isSame ? Number(first.Numbers[n], first.DType)
                : _program.Solver.Solve(numbers) is { } formula ? Formula(formula, first.DType)
                : throw Refuse(first.Op, numbers));
        }

        if (first.Shape.Rank == 1)
        {
            Node("Concat", parts, first.Name, new OnnxAttribute("axis", 0L));
        }
        else
        {
            Node("Reshape", [parts[0], Number([], DType.Int64, "")], first.Name);
        }
    }

    private string Formula(SizeExpression formula, DType dtype)
    {
        var isReal = dtype.IsFloatingPoint();
        var type = isReal ? DType.Float64 : DType.Int64;
        var sum = formula.Terms.Select(term => Product(term.Factor, term.Powers, type)).Aggregate((a, b) => Node("Add", [a, b]));
        if (formula.Power == -1)
        {
            sum = Node("Reciprocal", [sum]);
        }
        else if (formula.Power != 1)
        {
            sum = Node("Pow", [sum, Number(formula.Power, type)]);
        }

        if (formula.Divisor is var (size, added))
        {
            var divisor = Cast(Size(size), DType.Int64, type);
            sum = Node("Div", [sum, added == 0 ? divisor : Node("Add", [divisor, Number((double)added, type)])]);
        }

        return Cast(sum, type, dtype);
    }

    private string Product(double factor, int[] powers, DType type)
    {
        var factors = powers.SelectMany((power, size) => Enumerable.Repeat(Cast(Size(size), DType.Int64, type), power)).ToList();
        if (factor != 1 || factors.Count == 0)
        {
            factors.Add(Number(type == DType.Int64 ? (long)factor : (Scalar)factor, type));
        }

        return factors.Aggregate((a, b) => Node("Mul", [a, b]));
    }

    /// <summary>A size, read off an input that has it.</summary>
    private string Size(int name)
    {
        var (input, dims) = _program.Inputs.Select((input, i) => (i, input.Dims)).First(p => p.Dims.Contains(_program.Points.Names[name]));
        var dim = dims.Index().First(d => d.Item == _program.Points.Names[name]).Index;
        return Node(
            "Shape", [_models[0].Graph.Inputs[input].Name], null, new("start", (long)dim), new OnnxAttribute("end", dim + 1L));
    }

    private string Cast(string value, DType from, DType to) =>
        from == to ? value : Node("Cast", [value], null, new OnnxAttribute("to", OnnxTypes.CodeOf(to)));

    private string Number(Scalar value, DType dtype) => Number([value], dtype, value.ToString());

    private string Number(Scalar[] values, DType dtype, string text)
    {
        var key = $"{dtype} {values.Length} {text}";
        if (!_known.TryGetValue(key, out var name))
        {
            _known.Add(key, name = NewName());
            _small.Add(new(name, dtype, [values.Length], values, "sizes"));
        }

        return name;
    }

    /// <summary>A node, which computes what it does once.</summary>
    private string Node(string op, IReadOnlyList<string> inputs, string? result = null, params OnnxAttribute[] attributes)
    {
        var key = $"{op}({string.Join(", ", inputs)}){string.Join(' ', attributes.Select(a => $"{a.Name}={a.Text}"))}";
        if (result is null && _known.TryGetValue(key, out var known))
        {
            return known;
        }

        var name = result ?? NewName();
        _sizes.Add(new(op, $"{name}/{op}", [.. inputs], [name], attributes));
        _known.TryAdd(key, name);
        return name;
    }

    private string NewName() => $"sizes/{(_next++).ToString(CultureInfo.InvariantCulture)}";

    private VaryingSizeException Refuse(string op, string[] lines) => SizeProbes.Refusal(
        _program.Name, new([.. lines.Select(line => $"{op} = {op}({line})")]),
        [.. Enumerable.Range(0, _program.Points.Points.Count).Select(_program.Points.Describe)]);
}
