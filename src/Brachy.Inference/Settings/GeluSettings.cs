using Brachy.Extending;

namespace Brachy;

/// <summary>"none" for the exact function, or "tanh".</summary>
internal sealed record GeluSettings(string Approximate) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("approximate", Approximate)];
}
