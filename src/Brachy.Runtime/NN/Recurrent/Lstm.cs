namespace Brachy.NN;

/// <summary>
/// Long short-term memory, with the params, arguments and initial values of torch.nn.LSTM.
/// Source: pytorch.org/docs/stable/generated/torch.nn.LSTM.html.
/// </summary>
[Module]
public partial class Lstm : RecurrentLayer
{
    /// <summary>Long short-term memory. All params are drawn from U(-k, k) with k = 1/√hidden_size, as in PyTorch.</summary>
    /// <param name="inputSize">The size of an element of a sequence.</param>
    /// <param name="hiddenSize">The size of a state.</param>
    /// <param name="numLayers">The number of layers, each of which reads the output of the one before.</param>
    /// <param name="bias">Whether there are biases.</param>
    /// <param name="batchFirst">Whether the batch comes before the positions: [N, L, ...] instead of [L, N, ...].</param>
    /// <param name="dropout">The probability with which outputs of all layers but the last are set to zero in training.</param>
    /// <param name="bidirectional">Whether each layer also reads the sequences from their ends.</param>
    /// <param name="projSize">The size that outputs are projected to, less than <paramref name="hiddenSize"/>; 0 for none.</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or a probability not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public Lstm(
        long inputSize, long hiddenSize, long numLayers = 1, bool bias = true, bool batchFirst = false, double dropout = 0,
        bool bidirectional = false, long projSize = 0, DType dtype = DType.Float32)
        : base(4, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, projSize, dtype)
    {
    }

    /// <summary>Runs the layer over sequences. D is 2 if it is bidirectional, else 1; without a batch there is no dim N.</summary>
    /// <param name="input">[L, N, input_size], or [N, L, input_size] with <see cref="RecurrentLayer.BatchFirst"/>.</param>
    /// <param name="h0">The first states, [D · num_layers, N, output_size]; null for zeros.</param>
    /// <param name="c0">The first cell states, [D · num_layers, N, hidden_size]; null for zeros.</param>
    /// <param name="lengths">
    /// int64[N]: how many elements of each sequence count, from none to L; null for all. Outputs behind the end are zero, last states are
    /// those at the end, and the other direction begins there, as with PyTorch's packed sequences.
    /// </param>
    /// <returns>
    /// The output of the last layer, [L, N, D · output_size] or [N, L, D · output_size], and the last states, [D · num_layers, N,
    /// output_size] and [D · num_layers, N, hidden_size]; output_size is proj_size if there is a projection, else hidden_size.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The lengths are not int64.</exception>
    /// <exception cref="CheckFailedException">A length is negative or more than L.</exception>
    public (Tensor Output, Tensor H, Tensor C) Forward(
        Tensor input, Tensor? h0 = null, Tensor? c0 = null, Tensor? lengths = null) => Run(input, h0, c0, lengths);

    private protected override Tensor OfInput(Tensor x, RecurrentWeights weights) => F.linear(x, weights.Input, weights.Bias);

    private protected override (Tensor H, Tensor C) Step(Tensor x, Tensor h, Tensor c, RecurrentWeights weights) =>
        RecurrentSteps.Lstm(x, h, c, weights);

    private protected override ((Tensor H, Tensor C) Last, Tensor Output)? RunFused(
        Tensor x, (Tensor H, Tensor C) first, RecurrentWeights weights, bool reverse) => FusedLstm.Run(x, first, weights, reverse);
}
