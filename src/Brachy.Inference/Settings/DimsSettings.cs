using Brachy.Extending;

namespace Brachy;

/// <summary>The dims in their new order, or those that are flipped.</summary>
internal sealed record DimsSettings(Shape Dims) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims)];
}
