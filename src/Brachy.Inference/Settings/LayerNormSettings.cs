using Brachy.Extending;

namespace Brachy;

/// <summary>How many dims at the end are normalized together, and what is added to the variance.</summary>
internal sealed record LayerNormSettings(long Dims, double Eps) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims), ("eps", Eps)];
}
