namespace Brachy.Models;

/// <summary>A node of an ONNX graph: which op, on which tensors.</summary>
/// <param name="OpType">The op.</param>
/// <param name="Inputs">The names of its operands; empty for one that is left out.</param>
/// <param name="Output">The name of its first result.</param>
/// <param name="Integers">Its attributes that are whole numbers.</param>
/// <param name="Reals">Its attributes that are real numbers.</param>
internal sealed record OnnxNode(
    string OpType, IReadOnlyList<string> Inputs, string Output, IReadOnlyDictionary<string, long> Integers,
    IReadOnlyDictionary<string, float> Reals)
{
    /// <summary>The name of an operand; null where there is none.</summary>
    public string? Input(int index) => index < Inputs.Count && Inputs[index].Length > 0 ? Inputs[index] : null;
}
