namespace Brachy;

/// <summary>
/// Lets each rank of a program run a <c>[Jit]</c> step on its own share of the batch, as if one machine had run it on all of it: each
/// <c>Optimizer.Step</c> in it has the mean over all ranks of loss, gradients and running statistics; gradients that are taken by hand are
/// means, and so is a loss that is all that their function gives. Dropout draws other masks on each rank. Layers with <c>batch_axis</c>
/// set to <see cref="Axis"/> (or <see cref="Rank.Axis"/>) see the batch of all ranks.
/// </summary>
/// <remarks>
/// Structure trees among the arguments, and single numbers, are equal on all ranks, which is compared when the step is compiled; other
/// tensors are the rank's own. Trees that the step gives must be equal again, which is proven when it is traced.
/// </remarks>
/// <param name="axis">A name of the ranks for <c>F.pmean</c> and <c>batch_axis</c>, besides <see cref="Rank.Axis"/>.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DataParallelAttribute(string axis = Rank.Axis) : Attribute
{
    /// <summary>A name of the ranks, besides <see cref="Rank.Axis"/>.</summary>
    public string Axis { get; } = axis;

    /// <summary>
    /// Into how many equal shares the batch of all ranks is cut for random draws: <c>Dropout</c> draws a mask for each. A program with
    /// 1, 2 or 4 ranks and 4 shares draws the same masks, so that a run can go on with another number of ranks. A multiple of the number
    /// of ranks; 0, as by default, for one share for each rank.
    /// </summary>
    public int Shares { get; set; }
}
