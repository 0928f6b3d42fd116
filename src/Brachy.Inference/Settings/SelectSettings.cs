using Brachy.Extending;

namespace Brachy;

/// <summary>One place of a dim.</summary>
internal sealed record SelectSettings(long Dim, long Index) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim), ("index", Index)];
}
