using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using Brachy.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace Service.Tests;

/// <summary>What a monitor sees, by the names that the page of the sample gives.</summary>
public class MetricsTests
{
    [Fact]
    public async Task RequestsBatchesAndStepsAreCounted()
    {
        using var folder = new TemporaryFolder();
        var seen = new ConcurrentBag<(string Name, double Value, object? Outcome)>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Service")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        await using var service = await RunningService.StartAsync(folder["digits.safetensors"], waits: true);
        while (service.Services.GetRequiredService<ModelSource>().Current!.Step != 20)
        {
            await Task.Delay(20);
        }

        Assert.Equal(HttpStatusCode.OK, (await service.AskAsync(RunningService.Images(3))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await service.AskAsync(RunningService.Images(2))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await service.AskAsync([1, 2])).StatusCode);
        await service.StopAsync();
        listener.RecordObservableInstruments();

        Assert.Equal(
            ["service.batch.duration", "service.batch.images", "service.queue.length", "service.requests", "service.training.steps"],
            seen.Select(one => one.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(20, Sum("service.training.steps"));
        Assert.Equal(5, Sum("service.batch.images"));
        Assert.Equal(2, Sum("service.requests", "answered"));
        Assert.Equal(1, Sum("service.requests", "invalid"));
        Assert.Equal(3, Sum("service.requests"));
        Assert.True(Sum("service.batch.duration") > 0);
        Assert.Equal(0, Sum("service.queue.length"));

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.Add((instrument.Name, value, tags.Length > 0 ? tags[0].Value : null));

        double Sum(string name, string? outcome = null) =>
            seen.Where(one => one.Name == name && (outcome is null || Equals(one.Outcome, outcome))).Sum(one => one.Value);
    }
}
