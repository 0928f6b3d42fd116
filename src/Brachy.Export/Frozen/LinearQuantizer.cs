using Brachy.Compilation;
using Brachy.Extending;
using Brachy.IO.Tracing;

namespace Brachy.IO.Frozen;

/// <summary>Puts layers with weights of 8 bits in the place of others.</summary>
/// <param name="options">Which ones.</param>
/// <param name="weights">The weights by name.</param>
internal sealed class LinearQuantizer(DynamicQuantization options, IReadOnlyList<ProgramWeight> weights)
{
    private static readonly Primitive<NoSettings> s_linear = new("linear_int8")
    {
        Abstract = x => new TensorType([.. x[0].Shape.SkipLast(1), x[1].Shape[0]], DType.Float32),
        Eager = _ => throw new InvalidOperationException("linear_int8 is an operation of frozen models."),
        Script = _ => throw new InvalidOperationException("linear_int8 is an operation of frozen models."),
        Vjp = Vjp.None("linear_int8 is an operation of frozen models"),
    };

    // By what constants are, since each of several graphs has tensors of its own over the same memory.
    private readonly Dictionary<(object Weight, bool IsTurned), QuantizedWeight?> _quantized = [];
    private readonly Dictionary<object, string> _names = weights.DistinctBy(weight => Constant.IdentityOf(weight.Value))
        .ToDictionary(weight => Constant.IdentityOf(weight.Value), weight => weight.Name);

    private bool _isReported;

    /// <summary>The names of the tensors that are made, by what constants of them are.</summary>
    public Dictionary<object, string> Names { get; } = [];

    /// <summary>A graph, and the bodies in it, with such layers. Those of the first of several graphs are reported.</summary>
    public Graph Run(Graph graph)
    {
        var result = new Pass("leftovers", DeadCode.Run).RunDeep(Run(graph, []), new bool[graph.Inputs.Count]);
        _isReported = true;
        return result;
    }

    /// <param name="graph">The graph.</param>
    /// <param name="known">The values of inputs that a body captures, and which are constants outside.</param>
    private Graph Run(Graph graph, Dictionary<Atom, Tensor> known)
    {
        foreach (var constant in graph.Constants)
        {
            known.Add(constant.Var, constant.Value);
        }

        // What is computed while a graph is written down would become a part of it.
        foreach (var equation in graph.Equations)
        {
            if (MayBeLayer(equation) && known.TryGetValue(equation.Inputs[1], out var weight))
            {
                var key = (KeyOf(weight), IsProduct(equation));
                if (!_quantized.ContainsKey(key))
                {
                    _quantized.Add(key, Quantize(weight, IsProduct(equation)));
                }
            }
        }

        graph = graph with { Equations = [.. graph.Equations.Select(equation => WithBodies(equation, known))] };
        return GraphReplay.Rewrite(graph, (_, equation, x) =>
            MayBeLayer(equation) && known.TryGetValue(equation.Inputs[1], out var value)
            && _quantized[(KeyOf(value), IsProduct(equation))] is { } weight
                ? [s_linear.Bind([x[0], weight.Integers, weight.Scales, .. x[2..]])] : null);
    }

    private Equation WithBodies(Equation equation, Dictionary<Atom, Tensor> known)
    {
        if (equation.Settings is not BodySettings settings)
        {
            return equation;
        }

        var captured = equation.Inputs.Skip(settings is LoopSettings loop ? loop.FirstCaptured : 1).ToArray();
        return equation with
        {
            Settings = settings.WithBodies([.. settings.Bodies.Select(body => Run(
                body, captured.Zip(body.Inputs.TakeLast(captured.Length)).Where(pair => known.ContainsKey(pair.First))
                    .ToDictionary(pair => (Atom)pair.Second, pair => known[pair.First])))]),
        };
    }

    private static bool IsProduct(Equation equation) => equation.Primitive == F.MatMul;

    private static bool MayBeLayer(Equation equation) => (equation.Primitive == F.Linear || IsProduct(equation))
        && equation.Inputs[0].Type is { Rank: > 0, DType: DType.Float32 } && equation.Inputs[1].Type is { Rank: 2, DType: DType.Float32 };

    private QuantizedWeight? Quantize(Tensor weight, bool isTurned)
    {
        var name = _names.GetValueOrDefault(KeyOf(weight)) ?? "";
        using var scope = TensorScope.Begin();
        weight = isTurned ? F.transpose(weight, 0, 1) : weight;
        if (weight.shape[1] > Int8Products.MostInputs || weight.numel() == 0 || !options.Layers(name, weight.shape))
        {
            return null;
        }

        var largest = F.amax(F.abs(weight), 1, keepdim: true);
        if (!F.all(F.isfinite(largest)).item<bool>())
        {
            return null;
        }

        // Outputs without weights, or with such that have no scale in float32, are 0 by any.
        var scales = largest / sbyte.MaxValue;
        scales = F.where(F.eq(scales, 0.0), 1.0, scales);
        var rounded = F.clamp(F.round(weight / scales), -sbyte.MaxValue, sbyte.MaxValue);
        var error = Norm((rounded * scales) - weight) / Math.Max(Norm(weight), double.Epsilon);
        if (!_isReported)
        {
            options.Report?.Invoke(new(name, weight.shape, error));
        }

        var result = new QuantizedWeight(scope.Keep(F.contiguous(rounded.to(DType.Int8))), scope.Keep(F.reshape(scales, [-1])));
        var known = name.Length > 0 ? name : "weight";
        Names.Add(KeyOf(result.Integers), known);
        Names.Add(KeyOf(result.Scales), $"{known}.scale");
        return result;
    }

    private static object KeyOf(Tensor weight) => Constant.IdentityOf(weight);

    private static double Norm(Tensor x) => Math.Sqrt(F.sum(F.square(x.to(DType.Float64))).item<double>());

    private sealed record QuantizedWeight(Tensor Integers, Tensor Scales);
}
