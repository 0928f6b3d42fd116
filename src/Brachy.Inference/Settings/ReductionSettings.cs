using Brachy.Extending;

namespace Brachy;

/// <summary>The dims that are reduced, counted from 0, and whether they stay with size 1.</summary>
internal record ReductionSettings(Shape Dims, bool KeepDim) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims), ("keepdim", KeepDim)];
}
