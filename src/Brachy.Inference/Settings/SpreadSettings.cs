using Brachy.Extending;

namespace Brachy;

/// <summary>The settings of variances, and what is taken off the number of elements.</summary>
internal sealed record SpreadSettings(Shape Dims, bool KeepDim, long Correction) : ReductionSettings(Dims, KeepDim)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("dims", Dims), ("keepdim", KeepDim), ("correction", Correction)];
}
