using Brachy.Extending;

namespace Brachy;

/// <summary>What is added to the variance.</summary>
internal sealed record BatchNormInferenceSettings(double Eps) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("eps", Eps)];
}
