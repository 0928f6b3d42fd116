using Brachy.Extending;

namespace Brachy;

/// <summary>A part of a dim, and the shape of the whole.</summary>
internal sealed record SliceBackwardSettings(Shape Shape, long Dim, long Start, long End, long Step) : SliceSettings(Dim, Start, End, Step)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("shape", Shape), .. base.Entries];
}
