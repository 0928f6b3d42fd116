namespace Brachy.NN;

/// <summary>
/// Keys and values of what an encoder made, for each layer of a decoder: they are the same in all steps, so that
/// <see cref="TransformerDecoder.Remember"/> computes them once for a sequence.
/// </summary>
/// <param name="Keys">For each layer [N, heads, S, size of a head].</param>
/// <param name="Values">For each layer [N, heads, S, size of a head].</param>
[Tree]
public sealed partial record KeyValueMemory(IReadOnlyList<Tensor> Keys, IReadOnlyList<Tensor> Values);
