namespace Brachy.NN;

/// <summary>y = x Wᵀ + b. Input [..., in_features], output [..., out_features].</summary>
[Module]
public partial class Linear
{
    /// <summary>The weight, [out_features, in_features].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The bias, [out_features]; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>A linear layer. Both params are drawn from U(-k, k) with k = 1/√in_features, as in PyTorch.</summary>
    /// <param name="inFeatures">The size of the last dim of the input.</param>
    /// <param name="outFeatures">The size of the last dim of the output.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Linear(long inFeatures, long outFeatures, bool bias = true, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFeatures);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outFeatures);
        var bound = 1 / Math.Sqrt(inFeatures);
        Weight = Init.KaimingUniform([outFeatures, inFeatures], a: Math.Sqrt(5), dtype: dtype);
        Bias = bias ? Init.Uniform([outFeatures], -bound, bound, dtype: dtype) : null;
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The last dim of <paramref name="x"/> is not in_features.</exception>
    public Tensor Forward(Tensor x) => F.linear(x, Weight, Bias);
}
