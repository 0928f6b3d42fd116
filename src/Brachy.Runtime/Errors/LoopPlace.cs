namespace Brachy;

/// <summary>One loop, of which messages name steps.</summary>
/// <param name="slices">How many slices it reads from the last to the first; null if it does not go backwards.</param>
internal sealed class LoopPlace(long? slices = null)
{
    /// <summary>How many slices it reads from the last to the first; null if it does not go backwards.</summary>
    public long? Slices { get; } = slices;

    /// <summary>The name of a step, counted from 0.</summary>
    public string Of(long step) =>
        Slices is { } count ? $"in step {step} (slice {count - 1 - step}) of a loop" : $"in step {step} of a loop";
}
