using Brachy.Extending;

namespace Brachy;

/// <summary>The dim of a running sum or product, and the type of its result.</summary>
internal sealed record CumulativeSettings(long Dim, DType DType) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim), ("dtype", DType)];
}
