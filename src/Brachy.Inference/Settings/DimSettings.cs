using Brachy.Extending;

namespace Brachy;

/// <summary>The settings of a primitive that works along one dim.</summary>
internal sealed record DimSettings(long Dim) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim)];
}
