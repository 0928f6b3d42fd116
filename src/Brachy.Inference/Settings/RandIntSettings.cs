using Brachy.Extending;

namespace Brachy;

/// <summary>The range, whose end is not in it, and the shape of drawn integers.</summary>
internal sealed record RandIntSettings(long Low, long High, Shape Shape) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("low", Low), ("high", High), ("shape", Shape)];
}
