using Brachy.Extending;

namespace Brachy;

/// <summary>The row that gets no gradient; -1 for none.</summary>
internal sealed record EmbeddingSettings(long PaddingIdx) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("padding_idx", PaddingIdx)];
}
