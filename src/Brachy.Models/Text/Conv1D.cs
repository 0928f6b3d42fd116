namespace Brachy.Models.Text;

/// <summary>
/// y = x W + b with the weight as [in, out], as GPT-2's files have it, where it is called a convolution of length 1. Input [..., in],
/// output [..., out].
/// </summary>
[Module]
public partial class Conv1D
{
    /// <summary>The weight, [in, out].</summary>
    [Param]
    public partial Tensor Weight { get; set; }

    /// <summary>The bias, [out].</summary>
    [Param]
    public partial Tensor Bias { get; set; }

    /// <summary>A map drawn from the normal distribution with deviation 0.02, and a bias of zeros.</summary>
    /// <param name="inFeatures">The size of the last dim of the input.</param>
    /// <param name="outFeatures">The size of the last dim of the output.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Conv1D(long inFeatures, long outFeatures)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inFeatures);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outFeatures);
        Weight = Rng.Normal(0, 0.02, [inFeatures, outFeatures]);
        Bias = F.zeros([outFeatures]);
    }

    /// <summary>Applies the layer.</summary>
    /// <exception cref="ShapeException">The last dim of <paramref name="x"/> is not in.</exception>
    public Tensor Forward(Tensor x) => F.matmul(x, Weight) + Bias;
}
