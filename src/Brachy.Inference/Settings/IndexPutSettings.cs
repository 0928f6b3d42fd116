using Brachy.Extending;

namespace Brachy;

/// <summary>Whether elements are added to those that are there.</summary>
internal sealed record IndexPutSettings(bool Accumulate) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("accumulate", Accumulate)];
}
