namespace Brachy.NN;

/// <summary>
/// A step of a recurrent layer, with the params and arguments of torch.nn.RNNCell.
/// Source: pytorch.org/docs/stable/generated/torch.nn.RNNCell.html.
/// </summary>
[Module]
public partial class RnnCell : RecurrentCell
{
    /// <summary>What a step applies: tanh or relu.</summary>
    [Static]
    public partial string Nonlinearity { get; set; }

    /// <summary>A recurrent cell. All params are drawn from U(-k, k) with k = 1/√hidden_size, as in PyTorch.</summary>
    /// <param name="inputSize">The size of the input.</param>
    /// <param name="hiddenSize">The size of the state.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="nonlinearity">What a step applies: <c>"tanh"</c> or <c>"relu"</c>.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="ArgumentException">There is no such nonlinearity.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public RnnCell(long inputSize, long hiddenSize, bool bias = true, string nonlinearity = "tanh", DType dtype = DType.Float32)
        : base(1, inputSize, hiddenSize, bias, dtype) => Nonlinearity = RecurrentSteps.RequireNonlinearity(nonlinearity);

    /// <summary>One step. Without a batch there is no dim N.</summary>
    /// <param name="x">[N, input_size].</param>
    /// <param name="h">The state before, [N, hidden_size]; null for zeros.</param>
    /// <returns>The state after, [N, hidden_size].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor? h = null)
    {
        var state = StateOf(x, h, nameof(h));
        return RecurrentSteps.Rnn(F.linear(x, WeightIh, Weights.Bias), state, Weights, Nonlinearity);
    }
}
