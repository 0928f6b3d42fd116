using Brachy.Extending;

namespace Brachy;

/// <summary>The shape and type of drawn numbers.</summary>
internal sealed record SampleSettings(Shape Shape, DType DType) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("shape", Shape), ("dtype", DType)];
}
