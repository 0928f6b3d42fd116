namespace LanguageModel;

/// <summary>The sizes of a network.</summary>
/// <param name="NumLayers">Blocks.</param>
/// <param name="EmbedDim">The size of a position.</param>
/// <param name="NumHeads">Heads of each attention layer; they divide the size.</param>
/// <param name="MaxInputLength">Positions of the longest input.</param>
/// <param name="VocabSize">Different tokens.</param>
/// <param name="Rematerialize">Whether gradients compute again what is inside of blocks, which takes less memory and more time.</param>
public sealed record ModelSettings(
    int NumLayers, int EmbedDim, int NumHeads, int MaxInputLength, int VocabSize, bool Rematerialize = false);
