namespace LanguageModel;

/// <summary>What the command line of freezing says.</summary>
internal sealed record FreezeOptions(string Checkpoint, string Out, SamplingSettings Sampling);
