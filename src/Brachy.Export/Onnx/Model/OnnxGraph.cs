namespace Brachy.IO.Onnx;

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its element type.</param>
/// <param name="Dims">Its sizes: numbers, or texts for those that vary; null for any shape.</param>
internal sealed record OnnxValueInfo(string Name, DType DType, IReadOnlyList<object>? Dims);

/// <summary>A graph of ONNX: the whole of a model, or what a loop or choice runs.</summary>
internal sealed class OnnxGraph(string name)
{
    public string Name { get; } = name;

    public List<OnnxNode> Nodes { get; } = [];

    public List<OnnxValueInfo> Inputs { get; } = [];

    public List<OnnxValueInfo> Outputs { get; } = [];
}

/// <summary>A node.</summary>
/// <param name="OpType">The operator.</param>
/// <param name="Name">The node's name.</param>
/// <param name="Inputs">Names of its operands; empty for one that is left out.</param>
/// <param name="Outputs">Names of its results.</param>
/// <param name="Attributes">Its attributes.</param>
internal sealed record OnnxNode(
    string OpType, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<OnnxAttribute> Attributes);

/// <summary>An attribute.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, an array of one of them, or a graph.</param>
internal sealed record OnnxAttribute(string Name, object Value)
{
    /// <summary>Whether both have the same value; graphs are compared by who walks over them.</summary>
    public bool IsSame(OnnxAttribute other) => Name == other.Name && (Value, other.Value) switch
    {
        (OnnxGraph, OnnxGraph) => true,
        (long[] a, long[] b) => a.AsSpan().SequenceEqual(b),
        (float[] a, float[] b) => a.AsSpan().SequenceEqual(b),
        (string[] a, string[] b) => a.AsSpan().SequenceEqual(b),
        var (a, b) => a.Equals(b),
    };

    /// <summary>The value, for messages.</summary>
    public string Text => Value switch
    {
        long[] numbers => $"[{string.Join(", ", numbers)}]",
        float[] numbers => $"[{string.Join(", ", numbers)}]",
        string[] texts => $"[{string.Join(", ", texts)}]",
        var value => $"{value}",
    };
}

/// <summary>A small tensor that a rule needs, such as a shape, with its numbers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DType">Its element type.</param>
/// <param name="Shape">Its shape: a list or a single number.</param>
/// <param name="Numbers">The elements, in row-major order; integers keep all their digits.</param>
/// <param name="Op">The op that needs it, for messages.</param>
internal sealed record SmallTensor(string Name, DType DType, Shape Shape, Scalar[] Numbers, string Op);

/// <summary>A tensor with the elements of one of Brachy's.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The tensor.</param>
internal sealed record LargeTensor(string Name, Tensor Value);
