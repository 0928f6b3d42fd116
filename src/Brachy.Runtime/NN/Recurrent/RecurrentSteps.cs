namespace Brachy.NN;

/// <summary>
/// One step of each recurrent layer, by the formulas of torch.nn. Source: pytorch.org/docs/stable/generated/torch.nn.LSTM.html, GRU, RNN.
/// </summary>
internal static class RecurrentSteps
{
    /// <summary>h' = f(x + W h), where x has the biases.</summary>
    public static Tensor Rnn(Tensor x, Tensor h, RecurrentWeights weights, string nonlinearity)
    {
        var sum = x + F.linear(h, weights.Hidden);
        return nonlinearity == "relu" ? F.relu(sum) : F.tanh(sum);
    }

    /// <summary>r, z = σ(x + W h + b), n = tanh(x + r (W h + b)), h' = (1 - z) n + z h, where x has the input's biases.</summary>
    public static Tensor Gru(Tensor x, Tensor h, RecurrentWeights weights)
    {
        var of = F.chunk(x, 3, -1);
        var hidden = F.chunk(F.linear(h, weights.Hidden, weights.HiddenBias), 3, -1);
        var (reset, update) = (F.sigmoid(of[0] + hidden[0]), F.sigmoid(of[1] + hidden[1]));
        var next = F.tanh(of[2] + (reset * hidden[2]));
        return next + (update * (h - next));
    }

    /// <summary><see cref="LstmSteps.Step"/>, and h' projected if there is a projection.</summary>
    public static (Tensor H, Tensor C) Lstm(Tensor x, Tensor h, Tensor c, RecurrentWeights weights)
    {
        var (output, next) = LstmSteps.Step(x, h, c, weights.Hidden);
        return (weights.Projection is { } projection ? F.linear(output, projection) : output, next);
    }

    /// <summary>Throws for a nonlinearity that there is not.</summary>
    public static string RequireNonlinearity(string nonlinearity) => nonlinearity is "tanh" or "relu"
        ? nonlinearity
        : throw new ArgumentException($"The nonlinearity is 'tanh' or 'relu', not '{nonlinearity}'.", nameof(nonlinearity));
}
