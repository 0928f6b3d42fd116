using Spectre.Console;

namespace Samples.Shared;

/// <summary>A bar that shows how far an epoch is, where there is a terminal.</summary>
internal static class StepProgress
{
    /// <summary>Runs an epoch.</summary>
    /// <param name="steps">How many steps it has.</param>
    /// <param name="epoch">The epoch. After each step it says what is shown beside the bar.</param>
    public static T Run<T>(int steps, Func<Action<string>, T> epoch)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            return epoch(_ => { });
        }

        return AnsiConsole.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn()).Start(progress =>
            {
                var task = progress.AddTask("training", maxValue: steps);
                return epoch(text =>
                {
                    task.Increment(1);
                    task.Description = text;
                });
            });
    }
}
