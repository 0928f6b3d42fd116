namespace Brachy;

// The bilinear map of two vectors.
public static partial class F
{
    /// <summary>
    /// input1ᵀ weight[k] input2 + bias[k] over the last dims. Source: pytorch.org/docs/stable/generated/torch.nn.Bilinear.html.
    /// </summary>
    /// <param name="input1">[..., in1], of a floating-point type.</param>
    /// <param name="input2">[..., in2], with the same other dims and element type.</param>
    /// <param name="weight">[out, in1, in2], of the same element type.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <returns>[..., out].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types differ, or are not floating-point.</exception>
    public static Tensor bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias = null)
    {
        const string Op = "bilinear";
        OperandChecks.RequireReal(Op, input1, nameof(input1));
        OperandChecks.RequireReal(Op, input2, nameof(input2));
        OperandChecks.RequireReal(Op, weight, nameof(weight));
        var fits = weight.ndim == 3 && input1.ndim > 0 && input2.ndim == input1.ndim
            && input1.shape[^1] == weight.shape[1] && input2.shape[^1] == weight.shape[2]
            && input1.shape.AsSpan()[..^1].SequenceEqual(input2.shape.AsSpan()[..^1]);
        if (!fits || (bias is not null && bias.shape != Shape.Create([weight.shape[0]])))
        {
            throw new ShapeException(
                $"{Op}: input1 {input1.Type}, input2 {input2.Type}, weight {weight.Type} and bias {bias?.Type.ToString() ?? "none"} must "
                + "be [..., in1], [..., in2], [out, in1, in2] and [out].");
        }

        if (input1.dtype != weight.dtype || input2.dtype != weight.dtype || (bias is not null && bias.dtype != weight.dtype))
        {
            throw new DTypeException($"{Op}: input1 {input1.Type}, input2 {input2.Type}, weight {weight.Type} and bias "
                + $"{bias?.Type.ToString() ?? "none"} must have one element type; cast them with x.to(dtype).");
        }

        var (outputs, inner) = (weight.shape[0], weight.shape[1]);
        var outer = input1.shape.AsSpan()[..^1].ToArray();
        var half = matmul(input1, reshape(permute(weight, 1, 0, 2), inner, outputs * weight.shape[2]));
        var result = sum(reshape(half, [.. outer, outputs, weight.shape[2]]) * unsqueeze(input2, -2), -1);
        return bias is null ? result : result + bias;
    }
}
