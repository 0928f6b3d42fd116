using System.Diagnostics.Metrics;

namespace Service;

/// <summary>The service's own measurements, beside those of Brachy: the meter "Service".</summary>
internal sealed class ServiceMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Service";

    private readonly Counter<long> _requests;
    private readonly Histogram<int> _batchImages;
    private readonly Histogram<double> _batchDuration;
    private readonly Counter<long> _steps;

    public ServiceMetrics(IMeterFactory meters, RequestQueue queue)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("service.requests", "{request}", "Requests, by their outcome.");
        _batchImages = meter.CreateHistogram<int>("service.batch.images", "{image}", "Images of a batch.");
        _batchDuration = meter.CreateHistogram<double>("service.batch.duration", "s", "What a batch takes.");
        _steps = meter.CreateCounter<long>("service.training.steps", "{step}", "Training steps.");
        meter.CreateObservableGauge("service.queue.length", () => queue.Count, "{request}", "Requests that wait.");
    }

    /// <summary>A request is over: answered, invalid, refused, dropped or failed.</summary>
    public void Request(string outcome) => _requests.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A batch was answered.</summary>
    public void Batch(int images, TimeSpan duration)
    {
        _batchImages.Record(images);
        _batchDuration.Record(duration.TotalSeconds);
    }

    /// <summary>A training step was made.</summary>
    public void Step() => _steps.Add(1);
}
