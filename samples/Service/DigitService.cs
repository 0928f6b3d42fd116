using Brachy.Extensions.Logging;
using Brachy.Native;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Service;

/// <summary>Puts the service together.</summary>
internal static class DigitService
{
    /// <summary>The service, not started yet.</summary>
    /// <param name="args">The command line, such as <c>--urls http://localhost:5000 --Service:MaxBatch 32</c>.</param>
    /// <exception cref="NativeLibraryException">libtorch is missing, or does not fit.</exception>
    public static WebApplication Build(string[] args)
    {
        // Now, with its true cause, and not in the first request.
        NativeRuntime.EnsureLoaded();

        // Settings lie beside the program, wherever it is started from.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        var services = builder.Services;
        services.AddOptions<ServiceOptions>().BindConfiguration("Service").ValidateDataAnnotations()
            .Validate(o => o.MaxImages <= o.MaxBatch, "Service:MaxBatch is less than Service:MaxImages.").ValidateOnStart();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, PredictionJson.Default));
        services.AddProblemDetails();

        // That it is not ready yet is no error, and is asked for often.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        services.AddHealthChecks().AddCheck<ReadyCheck>("ready");
        services.AddSingleton(provider => Queue(provider.GetRequiredService<IOptions<ServiceOptions>>().Value));
        services.AddSingleton<ModelSource>().AddSingleton<ServiceMetrics>().AddSingleton<PredictionEndpoint>();
        services.AddSingleton<Func<byte[], (float[] Probabilities, long Step)>>(provider =>
        {
            var models = provider.GetRequiredService<ModelSource>();
            return pixels => models.Current is { } model
                ? (Scoring.Of(model, pixels), model.Step)
                : throw new InvalidOperationException("There is no model yet.");
        });

        // Services stop in the reverse order, the web server first of all: it waits for its requests while batches are still answered.
        services.AddHostedService<BrachyLogService>().AddHostedService<BatchingService>().AddHostedService<TrainingService>();

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapPost("/predict", (HttpRequest request, PredictionEndpoint endpoint, CancellationToken dropped) =>
            endpoint.PredictAsync(request, dropped));
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        return app;
    }

    private static RequestQueue Queue(ServiceOptions options) =>
        new(options.QueueLength, options.MaxBatch, TimeSpan.FromMilliseconds(options.MaxDelay));

    /// <summary>Writes Brachy's reports to the logs while the service runs.</summary>
    private sealed class BrachyLogService(ILoggerFactory loggers) : IHostedService
    {
        private IDisposable? _logs;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _logs = loggers.LogBrachy();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _logs?.Dispose();
            return Task.CompletedTask;
        }
    }
}
