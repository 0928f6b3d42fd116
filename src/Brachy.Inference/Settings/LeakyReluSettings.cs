using Brachy.Extending;

namespace Brachy;

/// <summary>The slope below 0.</summary>
internal sealed record LeakyReluSettings(double NegativeSlope) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("negative_slope", NegativeSlope)];
}
