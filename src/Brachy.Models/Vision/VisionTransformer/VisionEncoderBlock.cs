using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// Attention and a perceptron, each behind a norm and added to what came in, with the names of torchvision's: <c>ln_1</c>,
/// <c>self_attention</c>, <c>ln_2</c>, <c>mlp.0</c>, <c>mlp.3</c>.
/// </summary>
[Module]
public partial class VisionEncoderBlock
{
    /// <summary>Goes before attention.</summary>
    [Submodule("ln_1")]
    public partial LayerNorm Ln1 { get; set; }

    /// <summary>Attention between all positions.</summary>
    public partial MultiheadAttention SelfAttention { get; set; }

    /// <summary>Follows attention.</summary>
    public partial Dropout Dropout { get; set; }

    /// <summary>Goes before the perceptron.</summary>
    [Submodule("ln_2")]
    public partial LayerNorm Ln2 { get; set; }

    /// <summary>The perceptron.</summary>
    public partial Sequential Mlp { get; set; }

    /// <summary>A layer.</summary>
    /// <param name="heads">The number of heads.</param>
    /// <param name="hidden">The number of values at each position.</param>
    /// <param name="mlp">The size inside the perceptron.</param>
    /// <param name="dropout">The probability of dropout.</param>
    /// <param name="attentionDropout">The probability with which attention weights are dropped.</param>
    /// <exception cref="ArgumentException">The heads do not divide the values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public VisionEncoderBlock(long heads, long hidden, long mlp, double dropout = 0, double attentionDropout = 0)
    {
        Ln1 = new(hidden, eps: 1e-6);
        SelfAttention = new(hidden, heads, attentionDropout, batchFirst: true);
        Dropout = new(dropout);
        Ln2 = new(hidden, eps: 1e-6);
        Mlp = new(Layer(hidden, mlp), new GELU(), new Dropout(dropout), Layer(mlp, hidden), new Dropout(dropout));
    }

    /// <summary>Applies the layer. Input and output [N, positions, hidden].</summary>
    /// <exception cref="ShapeException">x is not [N, positions, hidden].</exception>
    public Tensor Forward(Tensor x)
    {
        var y = Ln1.Call(x);
        (y, _) = SelfAttention.Call(y, y, y, needWeights: false);
        x += Dropout.Call(y);
        return x + Mlp.Call(Ln2.Call(x));
    }

    private static Linear Layer(long inFeatures, long outFeatures) => new(inFeatures, outFeatures)
    {
        Weight = Init.XavierUniform([outFeatures, inFeatures]),
        Bias = Init.Normal([outFeatures], std: 1e-6),
    };
}
