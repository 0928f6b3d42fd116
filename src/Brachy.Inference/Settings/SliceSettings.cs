using Brachy.Extending;

namespace Brachy;

/// <summary>A part of a dim.</summary>
internal record SliceSettings(long Dim, long Start, long End, long Step) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim), ("start", Start), ("end", End), ("step", Step)];
}
