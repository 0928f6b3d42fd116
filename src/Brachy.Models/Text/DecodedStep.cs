using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>What reading tokens with a cache gives.</summary>
/// <param name="Logits">A score for each token to follow the last one that was read, [batch, tokens].</param>
/// <param name="Cache">The cache with the tokens that were read.</param>
[Tree]
public sealed partial record DecodedStep(Tensor Logits, KeyValueCache Cache);
