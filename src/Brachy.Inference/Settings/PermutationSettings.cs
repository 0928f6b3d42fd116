using Brachy.Extending;

namespace Brachy;

/// <summary>How many numbers are put in a random order.</summary>
internal sealed record PermutationSettings(long N) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("n", N)];
}
