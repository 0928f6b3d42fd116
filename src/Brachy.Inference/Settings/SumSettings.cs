using Brachy.Extending;

namespace Brachy;

/// <summary>The settings of a reduction with an element type of its own.</summary>
internal sealed record SumSettings(Shape Dims, bool KeepDim, DType DType) : ReductionSettings(Dims, KeepDim)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims), ("keepdim", KeepDim), ("dtype", DType)];
}
