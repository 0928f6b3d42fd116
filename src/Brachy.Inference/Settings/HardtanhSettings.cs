using Brachy.Extending;

namespace Brachy;

/// <summary>The lowest and the highest value.</summary>
internal sealed record HardtanhSettings(double MinVal, double MaxVal) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("min_val", MinVal), ("max_val", MaxVal)];
}
