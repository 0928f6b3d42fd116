using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.IO.Onnx;

/// <summary>Writes one use of a primitive as nodes.</summary>
internal delegate void OnnxRule(RuleArgs x);

/// <summary>What a rule sees of the equation that it writes, and what it writes with.</summary>
internal sealed class RuleArgs(GraphWriter writer, Equation equation)
{
    private IReadOnlyList<Value>? _results;

    public GraphWriter Writer => writer;

    public Equation Equation => equation;

    /// <summary>The number of operands.</summary>
    public int Count => equation.Inputs.Count;

    /// <summary>The element type of the first result.</summary>
    public DType DType => equation.Outputs[0].Type.DType;

    /// <summary>The type in which one node computes the first result: for bfloat16 float32, for small integers int32.</summary>
    public DType Plain => ArithmeticSteps.Wide(DType);

    /// <summary>The type in which several nodes compute the first result: float32 for float16, too, as each would round.</summary>
    public DType Exact => DType == DType.Float16 ? DType.Float32 : Plain;

    /// <summary>The shape of the first result.</summary>
    public Shape Shape => equation.Outputs[0].Type.Shape;

    /// <summary>The settings.</summary>
    public TSettings Settings<TSettings>()
        where TSettings : Settings => (TSettings)equation.Settings;

    /// <summary>The type of an operand.</summary>
    public TensorType Type(int operand) => equation.Inputs[operand].Type;

    /// <summary>The type of a result.</summary>
    public TensorType ResultType(int result) => equation.Outputs[result].Type;

    /// <summary>Whether a dim of an operand may have any size when the file runs: 0 and 1, too.</summary>
    public bool IsOpen(int operand, int dim) => writer.Model.Open.Contains(equation.Inputs[operand], dim);

    /// <summary>An operand, as it is.</summary>
    public Value In(int operand) => equation.Inputs[operand] is Literal literal
        ? Number(literal.Value, literal.Type.DType)
        : writer.Of(equation.Inputs[operand]);

    /// <summary>An operand as one of an element type.</summary>
    public Value In(int operand, DType dtype) => equation.Inputs[operand] is Literal literal
        ? Number(literal.Value, dtype)
        : Cast(writer.Of(equation.Inputs[operand]), dtype);

    /// <summary>A value as one of an element type.</summary>
    public Value Cast(Value value, DType dtype) =>
        value.DType == dtype ? value : Op("Cast", dtype, [value], ("to", OnnxTypes.CodeOf(dtype)));

    /// <summary>Adds a node with one result.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="dtype">The element type of its result.</param>
    /// <param name="inputs">Its operands; null for one that is left out.</param>
    /// <param name="attributes">Attributes: integers, real numbers, texts, lists, graphs; those that are null are left out.</param>
    public Value Op(string op, DType dtype, ReadOnlySpan<Value?> inputs, params ReadOnlySpan<(string Name, object? Value)> attributes) =>
        Ops(op, [dtype], inputs, attributes)[0];

    /// <summary>Adds a node with several results.</summary>
    public Value[] Ops(
        string op, ReadOnlySpan<DType> dtypes, ReadOnlySpan<Value?> inputs, params ReadOnlySpan<(string Name, object? Value)> attributes)
    {
        var name = writer.Model.NewName(NodeName(op));
        var results = new Value[dtypes.Length];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = new(i == 0 ? $"{name}:0" : $"{name}:{i}", dtypes[i]);
        }

        var operands = new List<string>();
        foreach (var input in inputs)
        {
            operands.Add(input?.Name ?? "");
        }

        while (operands.Count > 0 && operands[^1].Length == 0)
        {
            operands.RemoveAt(operands.Count - 1);
        }

        var list = new List<OnnxAttribute>();
        foreach (var (key, value) in attributes)
        {
            if (value is not null)
            {
                list.Add(new(key, AttributeValue(value)));
            }
        }

        writer.Add(new(op, name, operands, [.. results.Select(r => r.Name)], list));
        return results;
    }

    /// <summary>A list of integers.</summary>
    public Value Ints(params ReadOnlySpan<long> numbers)
    {
        var values = new Scalar[numbers.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = numbers[i];
        }

        return writer.Model.Add(NodeName(equation.Primitive.Name), DType.Int64, [numbers.Length], values);
    }

    /// <summary>A shape, as a list of integers.</summary>
    public Value Ints(Shape shape) => Ints(shape.AsSpan());

    /// <summary>A number.</summary>
    public Value Number(Scalar value, DType dtype) =>
        writer.Model.Add(NodeName(equation.Primitive.Name), dtype, Shape.Scalar, [Converted(value, dtype)]);

    /// <summary>The value as one of another shape.</summary>
    public Value Reshape(Value value, Shape shape) => Op("Reshape", value.DType, [value, Ints(shape)], ("allowzero", 1L));

    /// <summary>A name that nothing has.</summary>
    public string NewName(string wanted) => writer.Model.NewName(NodeName($"{equation.Primitive.Name}/{wanted}"));

    /// <summary>The results of the equation, which are cast to the types that they have.</summary>
    public void Return(params ReadOnlySpan<Value> results)
    {
        var all = new Value[results.Length];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = Cast(results[i], ResultType(i).DType);
        }

        _results = all;
    }

    /// <summary>A result.</summary>
    public Value ResultOf(int result) => _results![result];

    /// <summary>Says that this use cannot be written.</summary>
    public static RuleRefusedException Refuse(string reason) => new(reason);

    private string NodeName(string op) => writer.Model.Path is { Length: > 0 } path ? $"{path}/{op}" : op;

    private static object AttributeValue(object value) => value switch
    {
        int number => (long)number,
        bool flag => flag ? 1L : 0L,
        double number => (float)number,
        Shape shape => shape.ToArray(),
        _ => value,
    };

    private static Scalar Converted(Scalar value, DType dtype) =>
        dtype == DType.Bool ? new Scalar(value.ToBool()) : dtype.IsInteger() ? new Scalar(value.ToInt64()) : new Scalar(value.ToDouble());
}
