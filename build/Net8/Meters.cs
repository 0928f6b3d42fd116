namespace System.Diagnostics.Metrics;

/// <summary>.NET 9's histograms with advice, which collectors of .NET 8 do not ask for.</summary>
internal static class Meters
{
    public static Histogram<T> CreateHistogram<T>(
        this Meter meter, string name, string unit, string description, IEnumerable<KeyValuePair<string, object?>>? tags,
        InstrumentAdvice<T> advice)
        where T : struct =>
        meter.CreateHistogram<T>(name, unit, description, tags!);
}

/// <summary>.NET 9's advice to collectors of a histogram.</summary>
internal sealed class InstrumentAdvice<T>
    where T : struct
{
    public IReadOnlyList<T>? HistogramBucketBoundaries { get; init; }
}
