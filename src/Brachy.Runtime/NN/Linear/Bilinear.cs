namespace Brachy.NN;

/// <summary>A bilinear map of two vectors; see <see cref="F.bilinear"/>.</summary>
[Module]
public partial class Bilinear
{
    /// <summary>The map, [out_features, in1_features, in2_features].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The bias, [out_features]; null for none.</summary>
    [Param]
    public partial Tensor? Bias { get; set; }

    /// <summary>A map whose params are drawn from U(-k, k) with k = 1/√in1_features, as in PyTorch.</summary>
    /// <param name="in1Features">The length of the first vectors.</param>
    /// <param name="in2Features">The length of the second vectors.</param>
    /// <param name="outFeatures">The length of the results.</param>
    /// <param name="bias">Whether to add a bias.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Bilinear(long in1Features, long in2Features, long outFeatures, bool bias = true, DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(in1Features);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(in2Features);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outFeatures);
        var bound = 1 / Math.Sqrt(in1Features);
        Weight = (Rng.Uniform([outFeatures, in1Features, in2Features], dtype) * 2 - 1) * bound;
        Bias = bias ? (Rng.Uniform([outFeatures], dtype) * 2 - 1) * bound : null;
    }

    /// <summary>Applies the layer. [..., in1_features] and [..., in2_features] to [..., out_features].</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor input1, Tensor input2) => F.bilinear(input1, input2, Weight, Bias);
}
