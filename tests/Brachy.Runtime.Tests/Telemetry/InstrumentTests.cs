using System.Diagnostics.Metrics;
using Brachy.Compilation;
using Brachy.Native;

namespace Brachy.Tests.Telemetry;

/// <summary>What is measured, under OpenTelemetry's conventions.</summary>
[Trait("Category", "Quick")]
public class InstrumentTests
{
    public static TheoryData<string, string, Type> Instruments => new()
    {
        { "brachy.jit.traces", "{trace}", typeof(Counter<long>) },
        { "brachy.jit.retraces", "{trace}", typeof(Counter<long>) },
        { "brachy.jit.cache.evictions", "{version}", typeof(Counter<long>) },
        { "brachy.jit.compile.duration", "s", typeof(Histogram<double>) },
        { "brachy.memory.usage", "By", typeof(ObservableUpDownCounter<long>) },
    };

    [Theory]
    [MemberData(nameof(Instruments))]
    public void AnInstrumentHasItsNameAndUnit(string name, string unit, Type type)
    {
        NativeRuntime.EnsureLoaded();
        using var recording = new Recording(nameof(AnInstrumentHasItsNameAndUnit));
        var instrument = recording.Instruments[name];
        Assert.Equal(unit, instrument.Unit);
        Assert.IsType(type, instrument);
        Assert.False(string.IsNullOrEmpty(instrument.Description));
        Assert.Matches(@"^\d+\.\d+\.\d+$", instrument.Meter.Version);
    }

    [Fact]
    public void NoOthersArePublished()
    {
        NativeRuntime.EnsureLoaded();
        using var recording = new Recording(nameof(NoOthersArePublished));
        Assert.Equal(Instruments.Select(row => (string)row[0]).Order(), recording.Instruments.Keys.Order());
    }

    [Fact]
    public void TracesAndRetracesAndEvictionsAreCounted()
    {
        var name = nameof(TracesAndRetracesAndEvictionsAreCounted);
        using var recording = new Recording(name);
        using var evictions = new Evictions(name);
        var f = Jit.Compile((Tensor x) => x + 1, name: name);
        f.CacheLimit = 2;
        foreach (var size in (int[])[1, 1, 2, 3, 1])
        {
            f.Invoke(F.ones([size]));
        }

        Assert.Equal(4, recording.Of("brachy.jit.traces").Sum(m => m.Value));
        Assert.Equal(3, recording.Of("brachy.jit.retraces").Sum(m => m.Value));
        Assert.Equal(2, recording.Of("brachy.jit.cache.evictions").Sum(m => m.Value));
        Assert.All(recording.Of("brachy.jit.traces"), m => Assert.Equal([Recording.FunctionTag], m.Tags.Keys));
    }

    [Fact]
    public void SecondsOfAllPhasesAreMeasuredWithLibtorchsFirstRuns()
    {
        var name = nameof(SecondsOfAllPhasesAreMeasuredWithLibtorchsFirstRuns);
        using var recording = new Recording(name);
        var f = Jit.Compile((Tensor x) => F.exp(x) * x, name: name, backend: Backend.TorchScript);
        for (var i = 0; i < 4; i++)
        {
            f.Invoke(F.ones([4]));
        }

        var measured = recording.Of("brachy.jit.compile.duration");
        Assert.Equal(
            ["trace", "passes", "compile", "first_run", "first_run"], measured.Select(m => (string)m.Tags["brachy.compile.phase"]!));
        Assert.All(measured, m => Assert.InRange(m.Value, double.Epsilon, 600));
    }
}
