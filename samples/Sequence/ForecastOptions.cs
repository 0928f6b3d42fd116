namespace Sequence;

/// <summary>What the command line of a forecast says. What is null is as in the training.</summary>
internal sealed record ForecastOptions(
    string Checkpoint, string Data, int? Horizon, int? Paths, int? Seed, string Output, string? Plot);
