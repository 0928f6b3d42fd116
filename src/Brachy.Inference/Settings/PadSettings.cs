using Brachy.Extending;

namespace Brachy;

/// <summary>The border, last dim first, and what fills it.</summary>
internal sealed record PadSettings(Shape Pad, double Value) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("pad", Pad), ("value", Value)];
}
