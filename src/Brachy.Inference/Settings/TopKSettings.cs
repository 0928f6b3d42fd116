using Brachy.Extending;

namespace Brachy;

/// <summary>How many elements of which end are kept, and whether in order.</summary>
internal sealed record TopKSettings(long K, long Dim, bool Largest, bool Sorted) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("k", K), ("dim", Dim), ("largest", Largest), ("sorted", Sorted)];
}
