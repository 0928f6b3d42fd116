using Samples.Shared;

namespace Sequence;

/// <summary>The kind of a recurrent layer.</summary>
internal enum Cell
{
    /// <summary>Long short-term memory.</summary>
    Lstm,

    /// <summary>Gated recurrent units.</summary>
    Gru,
}

/// <summary>The network.</summary>
/// <param name="Cell">The kind of its layers.</param>
/// <param name="NumLayers">How many there are.</param>
/// <param name="HiddenSize">The size of a state.</param>
/// <param name="Dropout">The share of a layer's outputs that the next one does not see in training.</param>
internal sealed record ModelSettings(Cell Cell, int NumLayers, int HiddenSize, double Dropout);

/// <summary>The series.</summary>
/// <param name="Series">How many are made.</param>
/// <param name="MinLength">The fewest values of one that is made.</param>
/// <param name="MaxLength">The most values of one that is made.</param>
/// <param name="Periods">After how many values they repeat, roughly; the longest comes last.</param>
/// <param name="Horizon">How many values at the end of each are held out.</param>
internal sealed record DataSettings(int Series, int MinLength, int MaxLength, IReadOnlyList<long> Periods, int Horizon)
{
    /// <summary>The longest period: the season of the simple forecasts.</summary>
    public int Season => (int)Periods[^1];

    /// <summary>How far before a value the network looks: one period, for each, and two seasons.</summary>
    public IReadOnlyList<long> Lags => [.. Periods, 2L * Season];

    /// <summary>The fewest values of a series that can be learned and foretold.</summary>
    public int Fewest => (2 * Season) + Horizon + 2;
}

/// <summary>The training.</summary>
/// <param name="BatchSize">Series of a step.</param>
/// <param name="Epochs">Passes over all series.</param>
/// <param name="EvalEvery">Epochs between looks at what is held out.</param>
/// <param name="Paths">How many ways a forecast goes on, drawn at random.</param>
/// <param name="Seed">Chooses series, weights, order and forecasts.</param>
/// <param name="Lr">The first learning rate, which falls as a cosine.</param>
/// <param name="WeightDecay">The share of the weights that each step takes away, times the learning rate.</param>
/// <param name="Clip">The largest norm of a gradient; null for any.</param>
internal sealed record TrainSettings(
    int BatchSize, int Epochs, int EvalEvery, int Paths, int Seed, double Lr, double WeightDecay, double? Clip);

/// <summary>All that a configuration file says.</summary>
/// <param name="Model">The network.</param>
/// <param name="Data">The series.</param>
/// <param name="Train">The training.</param>
internal sealed record RunSettings(ModelSettings Model, DataSettings Data, TrainSettings Train)
{
    /// <summary>What depends on several values.</summary>
    /// <exception cref="InputException">They do not fit.</exception>
    public RunSettings Checked()
    {
        if (Data.Periods.Count == 0 || Data.Periods.Zip(Data.Periods.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new InputException($"data.periods must rise, and there must be one, not [{string.Join(", ", Data.Periods)}]");
        }

        return Data.MinLength < Data.Fewest || Data.MaxLength < Data.MinLength
            ? throw new InputException(
                $"data.min_length must be {Data.Fewest} (two seasons + horizon + 2) or more, and data.max_length not less, not "
                + $"{Data.MinLength} and {Data.MaxLength}")
            : this;
    }
}
