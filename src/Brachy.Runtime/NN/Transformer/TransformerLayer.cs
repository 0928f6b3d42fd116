namespace Brachy.NN;

/// <summary>
/// What layers of encoders and decoders share: self-attention and a perceptron of two linear layers, each with a norm before or behind it,
/// and added to what came in. The params have the names of PyTorch: <c>self_attn.in_proj_weight</c>, <c>linear1.weight</c>,
/// <c>norm1.weight</c>.
/// </summary>
[Module]
public abstract partial class TransformerLayer
{
    /// <summary>Attention of the positions to each other.</summary>
    public partial MultiheadAttention SelfAttn { get; set; }

    /// <summary>To the size inside the perceptron.</summary>
    public partial Linear Linear1 { get; set; }

    /// <summary>Dropout inside the perceptron; null when the probability is 0.</summary>
    public partial Dropout? Dropout { get; set; }

    /// <summary>Back to the size of a position.</summary>
    public partial Linear Linear2 { get; set; }

    /// <summary>The norm of self-attention.</summary>
    public partial LayerNorm Norm1 { get; set; }

    /// <summary>The second norm: in an encoder that of the perceptron, in a decoder that of attention to the memory.</summary>
    public partial LayerNorm Norm2 { get; set; }

    /// <summary>Dropout behind self-attention; null when the probability is 0.</summary>
    public partial Dropout? Dropout1 { get; set; }

    /// <summary>Dropout behind what <see cref="Norm2"/> belongs to; null when the probability is 0.</summary>
    public partial Dropout? Dropout2 { get; set; }

    /// <summary>What the perceptron applies: relu or gelu.</summary>
    [Static]
    public partial string Activation { get; set; }

    /// <summary>Whether norms come before attention and perceptron; otherwise they come behind the sum.</summary>
    [Static]
    public partial bool NormFirst { get; set; }

    private protected TransformerLayer(
        long dModel, long nhead, long dimFeedforward, double dropout, string activation, double layerNormEps, bool batchFirst,
        bool normFirst, bool bias, DType dtype)
    {
        AttentionHeads.Require(dModel, nhead, dropout, nameof(dModel), nameof(nhead));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimFeedforward);
        ArgumentNullException.ThrowIfNull(activation);
        Activation = activation is "relu" or "gelu" ? activation
            : throw new ArgumentException($"activation is \"{activation}\", but must be \"relu\" or \"gelu\".", nameof(activation));
        NormFirst = normFirst;
        SelfAttn = new(dModel, nhead, dropout, bias, batchFirst: batchFirst, dtype: dtype);
        Linear1 = new(dModel, dimFeedforward, bias, dtype);
        Linear2 = new(dimFeedforward, dModel, bias, dtype);
        Norm1 = new(dModel, layerNormEps, bias: bias, dtype: dtype);
        Norm2 = new(dModel, layerNormEps, bias: bias, dtype: dtype);
        (Dropout, Dropout1, Dropout2) = (DropoutOf(dropout), DropoutOf(dropout), DropoutOf(dropout));
    }

    private protected static Dropout? DropoutOf(double p) => p > 0 ? new(p) : null;

    /// <summary>Adds what a part of the layer makes of x.</summary>
    private protected Tensor Add(Tensor x, LayerNorm norm, Dropout? dropout, Func<Tensor, Tensor> part)
    {
        var y = part(NormFirst ? norm.Call(x) : x);
        y = x + (dropout?.Call(y) ?? y);
        return NormFirst ? y : norm.Call(y);
    }

    /// <summary>Linear, activation, dropout, linear.</summary>
    private protected Tensor FeedForward(Tensor x)
    {
        x = Linear1.Call(x);
        x = Activation == "relu" ? F.relu(x) : F.gelu(x);
        return Linear2.Call(Dropout?.Call(x) ?? x);
    }
}
