using Brachy;

namespace Sequence;

/// <summary>Foretells series with a trained network.</summary>
/// <param name="settings">Its settings.</param>
/// <param name="model">The network.</param>
/// <param name="config">Its configuration.</param>
internal sealed class Predictor(RunSettings settings, StructureTree model, GlobalConfig config)
{
    /// <summary>The settings.</summary>
    public RunSettings Settings => settings;

    /// <summary>The same network with other settings of forecasts.</summary>
    public Predictor With(int horizon, int paths, int seed) => new(
        settings with
        {
            Data = settings.Data with { Horizon = horizon },
            Train = settings.Train with { Paths = paths, Seed = seed },
        },
        model, config);

    /// <summary>A forecast for each series, from the end of what is known of it. The same series and settings give the same one.</summary>
    public IReadOnlyList<Forecast> Foretell(IReadOnlyList<Series> series)
    {
        var (data, train) = (settings.Data, settings.Train);
        var forecasts = new Forecast[series.Count];
        var key = Rng.Seed(train.Seed);
        using var batches = new SeriesBatches(series, train.BatchSize, data.Season, train.Seed);
        foreach (var (numbers, values, lengths) in batches.All())
        {
            using var scope = TensorScope.Begin();
            var drawn = ForecastSteps.DrawJit(
                model, config, values, lengths, Rng.FoldIn(key, numbers[0]), data.Lags, data.Horizon, train.Paths).ToArray<float>();
            for (var row = 0; row < numbers.Length; row++)
            {
                forecasts[numbers[row]] = Forecast.Of(drawn, series[numbers[row]], row, train.BatchSize, train.Paths);
            }
        }

        return forecasts;
    }
}
