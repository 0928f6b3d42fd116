using Brachy;
using Brachy.NN;

namespace Sequence;

/// <summary>What a <see cref="Forecaster"/> says of values to come, and the state of its layers.</summary>
/// <param name="Mean">The mean of each value.</param>
/// <param name="Deviation">Its standard deviation.</param>
/// <param name="H">The states of the layers, [layers, series, hidden].</param>
/// <param name="C">Their cell states; those of gated recurrent units stay as they are.</param>
[Tree]
public partial record Foretold(Tensor Mean, Tensor Deviation, Tensor H, Tensor C);

/// <summary>
/// Foretells the next value of series, as a normal distribution: a recurrent network that reads the value before it and some
/// values farther back. Like DeepAR (Salinas and others, 2017), without covariates.
/// </summary>
[Module]
public partial class Forecaster
{
    /// <summary>The layers, if they are LSTMs.</summary>
    public partial Lstm? Lstm { get; set; }

    /// <summary>The layers, if they are gated recurrent units.</summary>
    public partial Gru? Gru { get; set; }

    /// <summary>Makes mean and deviation of what the layers give and the network reads.</summary>
    public partial Linear Head { get; set; }

    /// <summary>A network with random weights.</summary>
    /// <param name="isLstm">Whether its layers are LSTMs, or gated recurrent units.</param>
    /// <param name="lags">How many values farther back it reads.</param>
    /// <param name="hidden">The size of a state.</param>
    /// <param name="layers">How many layers there are.</param>
    /// <param name="dropout">The share of a layer's outputs that the next one does not see in training.</param>
    public Forecaster(bool isLstm, long lags, long hidden, long layers, double dropout)
    {
        Lstm = isLstm ? new(lags + 1, hidden, layers, dropout: dropout) : null;
        Gru = isLstm ? null : new(lags + 1, hidden, layers, dropout: dropout);
        Head = new(hidden + lags + 1, 2);
    }

    /// <summary>Reads series from where the states are.</summary>
    /// <param name="x">What comes before each value: [length, series, 1 + lags].</param>
    /// <param name="h">The states, or null for zeros.</param>
    /// <param name="c">The cell states, or null for zeros.</param>
    /// <param name="lengths">How many values of each series count, int64[series]; null for all.</param>
    public Foretold Forward(Tensor x, Tensor? h = null, Tensor? c = null, Tensor? lengths = null)
    {
        var (output, last, cell) = Recur(x, h, c, lengths);
        var both = F.chunk(Head.Call(F.cat([output, x], -1)), 2, -1);
        return new(F.squeeze(both[0], -1), F.softplus(F.squeeze(both[1], -1)) + 1e-3, last, cell);
    }

    private (Tensor Output, Tensor H, Tensor C) Recur(Tensor x, Tensor? h, Tensor? c, Tensor? lengths)
    {
        if (Lstm is { } lstm)
        {
            return lstm.Call(x, h, c, lengths);
        }

        var (output, last) = Gru!.Call(x, h, lengths);
        return (output, last, c ?? F.zeros_like(last));
    }
}
