namespace LanguageModel;

/// <summary>What the command line of a generation says.</summary>
internal sealed record GenerateOptions(string Checkpoint, string Prompt, int Tokens, SamplingSettings Sampling, int Seed);
