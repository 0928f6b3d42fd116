using Brachy.Extending;

namespace Brachy;

/// <summary>The dim, and the direction.</summary>
internal sealed record SortSettings(long Dim, bool Descending) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim), ("descending", Descending)];
}
