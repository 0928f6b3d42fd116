namespace Brachy.NN;

/// <summary>
/// A step of long short-term memory, with the params and arguments of torch.nn.LSTMCell.
/// Source: pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html.
/// </summary>
[Module]
public partial class LstmCell : RecurrentCell
{
    /// <summary>A cell of long short-term memory. All params are drawn from U(-k, k) with k = 1/√hidden_size, as in PyTorch.</summary>
    /// <param name="inputSize">The size of the input.</param>
    /// <param name="hiddenSize">The size of the state.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public LstmCell(long inputSize, long hiddenSize, bool bias = true, DType dtype = DType.Float32)
        : base(4, inputSize, hiddenSize, bias, dtype)
    {
    }

    /// <summary>One step. Without a batch there is no dim N.</summary>
    /// <param name="x">[N, input_size].</param>
    /// <param name="h">The state before, [N, hidden_size]; null for zeros.</param>
    /// <param name="c">The cell state before, [N, hidden_size]; null for zeros.</param>
    /// <returns>The state and the cell state after, [N, hidden_size] both.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public (Tensor H, Tensor C) Forward(Tensor x, Tensor? h = null, Tensor? c = null)
    {
        var (state, cell) = (StateOf(x, h, nameof(h)), StateOf(x, c, nameof(c)));
        return RecurrentSteps.Lstm(F.linear(x, WeightIh, Weights.Bias), state, cell, Weights);
    }
}
