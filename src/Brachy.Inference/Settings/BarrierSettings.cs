using Brachy.Extending;

namespace Brachy;

/// <summary>A number by which uses differ, so that no two are the same.</summary>
internal sealed record BarrierSettings(long Number) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("number", Number)];
}
