using Brachy.Extending;

namespace Brachy;

/// <summary>The element type of the result.</summary>
internal sealed record CastSettings(DType DType) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dtype", DType)];
}
