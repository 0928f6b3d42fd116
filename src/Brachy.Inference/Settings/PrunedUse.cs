namespace Brachy.Extending;

/// <summary>A use of a primitive without what nobody wants.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Inputs">The positions of the operands that are left.</param>
/// <param name="Outputs">The positions of the results that are left.</param>
internal sealed record PrunedUse(Settings Settings, int[] Inputs, int[] Outputs);
