namespace Brachy.Models.Text;

/// <summary>Texts as tokens of one length, for a model.</summary>
/// <param name="InputIds">The tokens, int64 [batch, positions]; short texts are padded at the end.</param>
/// <param name="AttentionMask">1 for tokens and 0 for padding, int64 [batch, positions].</param>
[Tree]
public sealed partial record TokenBatch(Tensor InputIds, Tensor AttentionMask);
