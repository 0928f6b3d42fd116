using Brachy.Extending;

namespace Brachy;

/// <summary>The diagonal that a triangle ends at.</summary>
internal sealed record TriangleSettings(long Diagonal) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("diagonal", Diagonal)];
}
