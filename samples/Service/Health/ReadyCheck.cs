using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Service;

/// <summary>Ready is a service that has a model, whose compilation is over, and that is not about to stop.</summary>
internal sealed class ReadyCheck(ModelSource models, IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested ? HealthCheckResult.Unhealthy("The service is about to stop.")
            : models.Current is { } model ? HealthCheckResult.Healthy($"The model of step {model.Step} answers.")
            : HealthCheckResult.Unhealthy("There is no model yet."));
}
