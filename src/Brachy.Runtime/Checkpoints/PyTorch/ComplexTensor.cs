namespace Brachy;

/// <summary>
/// A complex tensor of a PyTorch checkpoint. Brachy computes with real numbers: the parts stand in one more dim, as in
/// <c>torch.view_as_real</c>.
/// </summary>
public sealed class ComplexTensor
{
    internal ComplexTensor(Tensor pairs) => Pairs = pairs;

    /// <summary>Real and imaginary parts: [..., 2] of float16, float32 or float64.</summary>
    public Tensor Pairs { get; }

    /// <summary>The shape of the complex tensor, without the dim of the parts.</summary>
    public Shape Shape => Shape.Own(Pairs.Type.Shape.Sizes[..^1]);

    /// <summary>Such as <c>complex64[3, 2]</c>.</summary>
    public override string ToString() => $"complex{Pairs.dtype.ItemSize() * 16}{Shape}";
}
