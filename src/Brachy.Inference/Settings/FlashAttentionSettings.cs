using Brachy.Extending;

namespace Brachy;

/// <summary>Whether later places are hidden, and the factor of the products.</summary>
internal sealed record FlashAttentionSettings(bool Causal, double Scale) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("causal", Causal), ("scale", Scale)];
}
