using System.Diagnostics.Metrics;

namespace Brachy.Telemetry;

/// <summary>What can be measured; names by OpenTelemetry's conventions, units by UCUM.</summary>
internal static class Instruments
{
    private static readonly Meter s_meter = new(BrachyTelemetry.MeterName, BrachyTelemetry.Version);

    /// <summary>Traces of jitted functions.</summary>
    public static readonly Counter<long> Traces = s_meter.CreateCounter<long>(
        "brachy.jit.traces", "{trace}", "Traces of jitted functions: each made a compiled version.");

    /// <summary>Those of functions that had been traced before.</summary>
    public static readonly Counter<long> Retraces = s_meter.CreateCounter<long>(
        "brachy.jit.retraces", "{trace}", "Traces of jitted functions that had been traced before.");

    /// <summary>Versions dropped because there were too many.</summary>
    public static readonly Counter<long> Evictions = s_meter.CreateCounter<long>(
        "brachy.jit.cache.evictions", "{version}", "Compiled versions that were dropped because their function had too many.");

    /// <summary>How long the phases take.</summary>
    public static readonly Histogram<double> CompileDuration = s_meter.CreateHistogram(
        "brachy.jit.compile.duration", "s", "How long the phases of compiling take, libtorch's first runs included.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.02, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    /// <summary>The native memory of live tensors. A sum, so that those of several processes add up.</summary>
    private static readonly ObservableUpDownCounter<long> s_memory = s_meter.CreateObservableUpDownCounter(
        "brachy.memory.usage", () => LiveMemory.Bytes, "By", "Native memory that live tensors own.");

    /// <summary>Lets listeners find the instruments before the first of them has anything to say.</summary>
    public static void Publish() => GC.KeepAlive(s_memory);
}
