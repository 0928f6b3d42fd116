namespace Brachy.Models.Text;

/// <summary>How a <see cref="SentenceEmbedder"/> works.</summary>
public sealed record SentenceEmbedderOptions
{
    /// <summary>The most tokens of a text, of which longer ones are cut; 256 by default, as all-MiniLM-L6-v2 was trained.</summary>
    public int MaxTokens { get; init; } = 256;

    /// <summary>How many texts are computed at once; 32 by default. Texts of like length come together.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The name of the model, for those who ask; none by default.</summary>
    public string? ModelId { get; init; }
}
