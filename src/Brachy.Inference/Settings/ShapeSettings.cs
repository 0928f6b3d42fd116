using Brachy.Extending;

namespace Brachy;

/// <summary>The shape of the result.</summary>
internal sealed record ShapeSettings(Shape Shape) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("shape", Shape)];
}
