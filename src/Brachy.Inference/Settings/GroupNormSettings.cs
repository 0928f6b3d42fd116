using Brachy.Extending;

namespace Brachy;

/// <summary>The number of groups of channels, and what is added to the variance.</summary>
internal sealed record GroupNormSettings(long Groups, double Eps) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("groups", Groups), ("eps", Eps)];
}
