using System.Globalization;
using Microsoft.Extensions.Options;

namespace Service;

/// <summary>
/// Trains in the background: serves the checkpoint that is there, goes on where it stands, saves it after every few steps and when the
/// service stops, and lets the new model answer.
/// </summary>
internal sealed partial class TrainingService(
    ModelSource models, ServiceMetrics metrics, IOptions<ServiceOptions> options, ILogger<TrainingService> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(() => Run(stoppingToken), CancellationToken.None);

    private void Run(CancellationToken stop)
    {
        using var training = new DigitTraining(options.Value);
        if (training.Step > 0)
        {
            LogResumed(training.Step);
            models.Replace(training.Snapshot(), options.Value.MaxBatch);
        }

        try
        {
            foreach (var loss in training.Steps(stop))
            {
                metrics.Step();
                if (training.Step % options.Value.StepsPerCheckpoint == 0)
                {
                    Publish(training);
                    LogStep(training.Step, loss.ToString("0.000", CultureInfo.InvariantCulture));
                }
            }

            if (models.Current?.Step != training.Step)
            {
                Publish(training);
            }

            LogEnd(training.Step);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            training.Save();
            LogStopped(training.Step);
        }
    }

    private void Publish(DigitTraining training)
    {
        training.Save();
        models.Replace(training.Snapshot(), options.Value.MaxBatch);
    }

    [LoggerMessage(1, LogLevel.Information, "Goes on at step {Step}.")]
    private partial void LogResumed(long step);

    [LoggerMessage(2, LogLevel.Information, "Step {Step}: loss {Loss}; saved, and answers.")]
    private partial void LogStep(long step, string loss);

    [LoggerMessage(3, LogLevel.Information, "Training ended at step {Step}.")]
    private partial void LogEnd(long step);

    [LoggerMessage(4, LogLevel.Information, "Training stopped at step {Step}; saved.")]
    private partial void LogStopped(long step);
}
