namespace Transfer;

/// <summary>What the command line of a prediction says.</summary>
/// <param name="Checkpoint">A network that was trained.</param>
/// <param name="Images">Files.</param>
internal sealed record PredictOptions(string Checkpoint, IReadOnlyList<string> Images);
