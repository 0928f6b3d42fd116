using Brachy.Extending;

namespace Brachy;

/// <summary>The sizes of the parts.</summary>
internal sealed record SplitSettings(Shape Sizes, long Dim) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("sizes", Sizes), ("dim", Dim)];
}
