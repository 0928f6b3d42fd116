using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Brachy.Tests.Telemetry;

/// <summary>What Brachy reports about one function while it is open, as OpenTelemetry would receive it.</summary>
internal sealed class Recording : IDisposable
{
    public const string FunctionTag = "brachy.function.name";

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<Measurement> _measurements = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters;

    /// <param name="function">The function's name; tests of other functions run at the same time.</param>
    public Recording(string function)
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == BrachyTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem(FunctionTag) is string name && name == function)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        _meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == BrachyTelemetry.MeterName)
                {
                    Instruments[instrument.Name] = instrument;
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        ActivitySource.AddActivityListener(_activities);
        _meters.Start();

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (!named.TryGetValue(FunctionTag, out var name) || Equals(name, function))
            {
                _measurements.Enqueue(new Measurement(instrument.Name, value, named));
            }
        }
    }

    public ConcurrentDictionary<string, Instrument> Instruments { get; } = new();

    /// <summary>The spans about the function that have ended, in the order in which they did.</summary>
    public IReadOnlyList<Activity> Spans => [.. _spans];

    /// <summary>The measurements of an instrument, about the function or about none.</summary>
    public IReadOnlyList<Measurement> Of(string instrument) => [.. _measurements.Where(m => m.Instrument == instrument)];

    /// <summary>Asks for the values that are only measured when somebody asks.</summary>
    public double Observe(string instrument)
    {
        _meters.RecordObservableInstruments();
        return Of(instrument)[^1].Value;
    }

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    internal sealed record Measurement(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);
}
