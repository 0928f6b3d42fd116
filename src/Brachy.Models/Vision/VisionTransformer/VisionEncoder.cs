using System.Globalization;
using Brachy.NN;

namespace Brachy.Models;

/// <summary>
/// Positions, the layers and a norm, with the names of torchvision's: <c>pos_embedding</c>, <c>layers.encoder_layer_0</c>, …, <c>ln</c>.
/// </summary>
[Module]
public partial class VisionEncoder
{
    /// <summary>What is added at each position, [1, positions, hidden].</summary>
    [Param]
    public partial Tensor PosEmbedding { get; set; }

    /// <summary>Follows the positions.</summary>
    public partial Dropout Dropout { get; set; }

    /// <summary>The layers, named "encoder_layer_0", "encoder_layer_1", …</summary>
    public partial ModuleDict<Module<Tensor, Tensor>> Layers { get; set; }

    /// <summary>Follows the last layer.</summary>
    public partial LayerNorm Ln { get; set; }

    /// <summary>An encoder.</summary>
    /// <param name="positions">The number of positions.</param>
    /// <param name="layers">The number of layers.</param>
    /// <param name="heads">The number of heads of attention.</param>
    /// <param name="hidden">The number of values at each position.</param>
    /// <param name="mlp">The size inside the perceptrons.</param>
    /// <param name="dropout">The probability of dropout after positions, attention and in perceptrons.</param>
    /// <param name="attentionDropout">The probability with which attention weights are dropped.</param>
    /// <exception cref="ArgumentException">The heads do not divide the values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public VisionEncoder(
        long positions, int layers, long heads, long hidden, long mlp, double dropout = 0, double attentionDropout = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(positions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hidden);
        PosEmbedding = Init.Normal([1, positions, hidden], std: 0.02);
        Dropout = new(dropout);
        Layers = new(Enumerable.Range(0, layers).Select(i => KeyValuePair.Create<string, Module<Tensor, Tensor>>(
            string.Create(CultureInfo.InvariantCulture, $"encoder_layer_{i}"),
            new VisionEncoderBlock(heads, hidden, mlp, dropout, attentionDropout))));
        Ln = new(hidden, eps: 1e-6);
    }

    /// <summary>Applies the layers. Input and output [N, positions, hidden].</summary>
    /// <exception cref="ShapeException">x has another shape.</exception>
    public Tensor Forward(Tensor x)
    {
        x = Dropout.Call(x + PosEmbedding);
        foreach (var layer in Layers.Values)
        {
            x = layer.Call(x);
        }

        return Ln.Call(x);
    }
}
