using Brachy.Extending;

namespace Brachy;

/// <summary>The limits; null for none.</summary>
internal sealed record ClampSettings(Scalar? Min, Scalar? Max) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("min", Min), ("max", Max)];
}
