namespace Brachy.NN;

/// <summary>
/// A step of gated recurrent units, with the params and arguments of torch.nn.GRUCell.
/// Source: pytorch.org/docs/stable/generated/torch.nn.GRUCell.html.
/// </summary>
[Module]
public partial class GruCell : RecurrentCell
{
    /// <summary>A cell of gated recurrent units. All params are drawn from U(-k, k) with k = 1/√hidden_size, as in PyTorch.</summary>
    /// <param name="inputSize">The size of the input.</param>
    /// <param name="hiddenSize">The size of the state.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public GruCell(long inputSize, long hiddenSize, bool bias = true, DType dtype = DType.Float32)
        : base(3, inputSize, hiddenSize, bias, dtype)
    {
    }

    /// <summary>One step. Without a batch there is no dim N.</summary>
    /// <param name="x">[N, input_size].</param>
    /// <param name="h">The state before, [N, hidden_size]; null for zeros.</param>
    /// <returns>The state after, [N, hidden_size].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor? h = null)
    {
        var state = StateOf(x, h, nameof(h));
        return RecurrentSteps.Gru(F.linear(x, WeightIh, BiasIh), state, Weights);
    }
}
