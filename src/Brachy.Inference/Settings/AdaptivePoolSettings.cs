using Brachy.Extending;

namespace Brachy;

/// <summary>The spatial sizes of the result.</summary>
internal sealed record AdaptivePoolSettings(Shape OutputSize) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("output_size", OutputSize)];
}
