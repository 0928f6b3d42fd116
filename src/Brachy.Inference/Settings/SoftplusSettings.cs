using Brachy.Extending;

namespace Brachy;

/// <summary>The slope, and where the function goes over into a line.</summary>
internal sealed record SoftplusSettings(double Beta, double Threshold) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("beta", Beta), ("threshold", Threshold)];
}
