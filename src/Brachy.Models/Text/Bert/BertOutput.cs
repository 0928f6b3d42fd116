namespace Brachy.Models.Text;

/// <summary>What a <see cref="Bert"/> gives.</summary>
/// <param name="LastHiddenState">[batch, positions, size].</param>
/// <param name="PoolerOutput">[batch, size]; null without a pooler.</param>
[Tree]
public sealed partial record BertOutput(Tensor LastHiddenState, Tensor? PoolerOutput);
