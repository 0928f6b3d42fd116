namespace Brachy.Models;

/// <summary>A convolution or linear layer of an ONNX file.</summary>
/// <param name="Output">The name of its result.</param>
/// <param name="Shape">The shape of its weight as PyTorch has it, [out, in, kernel...].</param>
/// <param name="Weight">The name of its weight.</param>
/// <param name="IsTransposed">Whether the weight is stored as [in, out].</param>
/// <param name="Bias">The name of its bias; null for none.</param>
internal sealed record OnnxLayer(string Output, Shape Shape, string Weight, bool IsTransposed, string? Bias)
{
    /// <summary>The norm over its channels that follows it and nothing else; null for none.</summary>
    public OnnxNorm? Norm { get; set; }
}
