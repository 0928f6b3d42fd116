namespace LanguageModel;

/// <summary>How the next token is drawn.</summary>
/// <param name="Temperature">What scores are divided by; 0 takes the most likely token.</param>
/// <param name="TopK">Only so many of the most likely tokens; 0 for all.</param>
/// <param name="TopP">
/// Only the fewest most likely tokens with at least this probability together, of those that <paramref name="TopK"/> leaves; 1 for all.
/// </param>
public sealed record SamplingSettings(double Temperature = 1, int TopK = 0, double TopP = 1);
