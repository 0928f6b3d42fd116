using Brachy;

namespace Sequence.Tests;

/// <summary>What the network reads, and what it makes of it.</summary>
public class ForecastTests
{
    private static readonly IReadOnlyList<long> s_lags = [2, 3];

    [Fact]
    public void EachValueStandsBehindThoseThatItIsForetoldFrom()
    {
        var values = F.tensor(new[,] { { 10f, 11, 12, 13, 14, 15 }, { 20f, 21, 22, 23, 0, 0 } });
        var (input, target, counts) = TrainingSteps.Windows(values, F.tensor(new[] { 6L, 4 }), s_lags);
        Assert.Equal([3L, 2, 3], input.shape);
        Assert.Equal([13f, 23, 14, 0, 15, 0], target.ToArray<float>());

        // The value before, two before, three before.
        Assert.Equal([12f, 11, 10, 22, 21, 20, 13, 12, 11, 23, 22, 21, 14, 13, 12, 0, 23, 22], input.ToArray<float>());
        Assert.Equal([3L, 1], counts.ToArray<long>());
    }

    [Fact]
    public void TheCompiledLoopDrawsAsStepsOneByOneDo()
    {
        const int Horizon = 5;
        using var rng = Rng.Scope(1);
        foreach (var isLstm in new[] { true, false })
        {
            var (model, config) = new Forecaster(isLstm, lags: 2, hidden: 4, layers: 2, dropout: 0.5);
            var lengths = new[] { 9, 5, 7 };
            var values = Rng.Normal([3, 9]);
            var key = Rng.Seed(5);
            var drawn = ForecastSteps.DrawJit(
                model, config, values, F.tensor(lengths.Select(n => (long)n).ToArray()), key, s_lags, Horizon, 1);
            Assert.Equal([(long)Horizon, 3, 1], drawn.shape);

            // The noise of all series of a step comes from one key.
            var noise = Enumerable.Range(0, Horizon)
                .Select(t => Rng.Normal([1, 3], key: Rng.FoldIn(key, (long)t)).ToArray<float>()).ToArray();
            for (var i = 0; i < lengths.Length; i++)
            {
                var known = values[i].ToArray<float>()[..lengths[i]].ToList();
                for (var t = 0; t < Horizon; t++)
                {
                    // All over again for each value, for one series, without padding.
                    var all = Tensor.FromArray(known.Append(0).ToArray(), [1, known.Count + 1]);
                    var (input, _, _) = TrainingSteps.Windows(all, F.tensor(new[] { (long)known.Count + 1 }), s_lags);
                    var (_, foretold) = Forecaster.Apply(model, config.With("train_mode", false), input, null, null, null);
                    var (mean, deviation) = (foretold.Mean.ToArray<float>()[^1], foretold.Deviation.ToArray<float>()[^1]);
                    known.Add(mean + (deviation * noise[t][i]));
                    Assert.Equal(known[^1], (float)drawn[t, i, 0], 1e-4f);
                }
            }
        }
    }

    [Fact]
    public void ForecastsAreQuantilesInUnitsOfTheSeries()
    {
        // Mean 20, deviation 10.
        var series = new Series([10, 30, 10, 30, 99, 99], Horizon: 2);
        var drawn = new float[2 * 2 * 11];
        for (var path = 0; path < 11; path++)
        {
            drawn[11 + path] = 10 - path;
            drawn[33 + path] = path % 2;
        }

        var forecast = Forecast.Of(drawn, series, number: 1, rows: 2, paths: 11);
        Assert.Equal([30f, 20], forecast.Low);
        Assert.Equal([70f, 20], forecast.Median);
        Assert.Equal([110f, 30], forecast.High);
    }

    [Fact]
    public void ScoresCompareWithTheLastSeasonAndTheMeanOfAll()
    {
        // Mean 2, deviation 1; a season of 2, and 3 of them are known but for the first value.
        var series = new Series([3, 1, 1, 3, 3, 1, 3, 1, 5], Horizon: 3);
        var forecast = new Forecast(Low: [0, 0, 6], Median: [3, 3, 3], High: [4, 4, 7]);
        var score = Score.Of([series], [forecast], season: 2);
        Assert.Equal((0 + 2 + 2) / 3.0, score.Error, 1e-6);
        Assert.Equal((0 + 0 + 2) / 3.0, score.NaiveError, 1e-6);

        // (3 + 1 + 3) / 3 and (1 + 3 + 1) / 3.
        Assert.Equal(((3 - (7 / 3.0)) + ((5 / 3.0) - 1) + (5 - (7 / 3.0))) / 3, score.AverageError, 1e-6);
        Assert.Equal(2 / 3.0, score.Coverage, 1e-6);
    }

    [Fact]
    public void SeriesDependOnTheSeedAndTheirNumberOnly()
    {
        var settings = TestRuns.Settings.Data;
        var (few, many) = (SyntheticSeries.Make(settings, 1), SyntheticSeries.Make(settings with { Series = 40 }, 1));
        Assert.All(few.Zip(many), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
        Assert.NotEqual(few[0].Values, SyntheticSeries.Make(settings, 2)[0].Values);
        Assert.True(many.Select(one => one.Values.Length).Distinct().Count() > 10);
        Assert.All(many, one => Assert.InRange(one.Values.Length, settings.MinLength, settings.MaxLength));
    }

    [Fact]
    public void BatchesHoldEachSeriesOnceAndPadLittle()
    {
        var series = TestRuns.Series(TestRuns.Settings);
        using var batches = new SeriesBatches(series, 8, 12, 3);
        Assert.Equal(3, batches.PerEpoch);
        (int[] Series, float[] Values, long[] Lengths)[] Epoch(int epoch)
        {
            batches.Position = batches.Position with { Epoch = epoch, Batch = 0 };
            return [.. batches.Epoch().Select(batch => (batch.Series, batch.Values.ToArray<float>(), batch.Lengths.ToArray<long>()))];
        }

        var one = Epoch(1);
        Assert.Equal(Enumerable.Range(0, series.Count), one.SelectMany(batch => batch.Series).Order());
        Assert.All(one, batch => Assert.Equal(
            batch.Series.Select(i => (long)series[i].Known), batch.Lengths.Take(batch.Series.Length)));
        Assert.All(one, batch => Assert.All(batch.Lengths.Skip(batch.Series.Length), length => Assert.Equal(0, length)));
        var widths = one.Select(batch => batch.Values.Length / 8).ToArray();
        Assert.All(widths, width => Assert.Equal(0, width % 12));
        Assert.All(one.Zip(widths), pair => Assert.InRange(pair.First.Lengths.Max(), pair.Second - 11, pair.Second));
        Assert.Equal(one.Select(batch => batch.Values), Epoch(1).Select(batch => batch.Values));
        Assert.NotEqual(one.SelectMany(batch => batch.Series), Epoch(2).SelectMany(batch => batch.Series));
    }
}
