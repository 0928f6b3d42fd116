namespace Brachy.CompilerServices;

/// <summary>A tree that was as expected, with its tensors. Never changes, so that any thread may use it.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Edits">How many edits of trees there had been before it was walked over.</param>
/// <param name="Leaves">Its tensors.</param>
internal sealed record WalkedTree(StructureTree Tree, long Edits, Tensor[] Leaves);
