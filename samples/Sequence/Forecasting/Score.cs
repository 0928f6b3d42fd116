namespace Sequence;

/// <summary>How forecasts fit what was held out. Errors are mean absolute ones, in deviations of each series.</summary>
/// <param name="Error">That of the medians.</param>
/// <param name="NaiveError">That of the seasonal naive forecast: each value is that of one season before.</param>
/// <param name="AverageError">That of the mean of all seasons that are known, which is harder to beat.</param>
/// <param name="Coverage">The share of values between low and high; 0.8 if the network knows how sure it may be.</param>
internal sealed record Score(double Error, double NaiveError, double AverageError, double Coverage)
{
    /// <summary>Compares forecasts with what was held out.</summary>
    /// <param name="series">The series.</param>
    /// <param name="forecasts">A forecast for each.</param>
    /// <param name="season">The season of the simple forecasts.</param>
    public static Score Of(IReadOnlyList<Series> series, IReadOnlyList<Forecast> forecasts, int season)
    {
        double error = 0, naive = 0, average = 0, covered = 0, count = 0;
        for (var i = 0; i < series.Count; i++)
        {
            var (one, forecast) = (series[i], forecasts[i]);
            for (var t = 0; t < one.Horizon; t++)
            {
                double Off(double foretold) => Math.Abs(one.HeldOut[t] - foretold) / one.Deviation;
                error += Off(forecast.Median[t]);
                naive += Off(one.Values[one.Known - season + (t % season)]);
                average += Off(SeasonalMean(one, t, season));
                covered += one.HeldOut[t] >= forecast.Low[t] && one.HeldOut[t] <= forecast.High[t] ? 1 : 0;
                count++;
            }
        }

        return new Score(error / count, naive / count, average / count, covered / count);
    }

    private static double SeasonalMean(Series series, int step, int season)
    {
        double sum = 0;
        var count = 0;
        for (var t = series.Known - season + (step % season); t >= 0; t -= season)
        {
            sum += series.Values[t];
            count++;
        }

        return sum / count;
    }
}
