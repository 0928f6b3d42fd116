using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// A choice. Its first operand says which body runs: the one of that number, or the nearest there is. The others
/// are what any body captures.
/// </summary>
/// <param name="Branches">The bodies; all have the same inputs, and results of the same types.</param>
internal sealed record SwitchSettings(IReadOnlyList<Body> Branches) : BodySettings
{
    /// <inheritdoc/>
    public override IReadOnlyList<Graph> Bodies => [.. Branches.Select(branch => branch.Graph)];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("branches", Branches.Count)];

    /// <inheritdoc/>
    public bool Equals(SwitchSettings? other) => other is not null && Branches.SequenceEqual(other.Branches);

    /// <inheritdoc/>
    public override int GetHashCode() => Branches.Aggregate(Branches.Count, HashCode.Combine);

    /// <inheritdoc/>
    public override BodySettings WithBodies(IReadOnlyList<Graph> bodies) => new SwitchSettings([.. bodies.Select(body => new Body(body))]);

    /// <inheritdoc/>
    public override double RunsOf(int body) => 1.0 / Branches.Count;

    /// <inheritdoc/>
    internal override PrunedUse Prune(IReadOnlyList<bool> wanted)
    {
        int[] outputs = [.. wanted.Index().Where(output => output.Item).Select(output => output.Index)];
        var needed = Bodies.SelectMany(body => body.NeededInputs(outputs.Select(i => body.Outputs[i]))).ToHashSet();
        int[] inputs = [.. needed.Order()];
        var bodies = Bodies.Select(body => body with
        {
            Inputs = [.. inputs.Select(i => body.Inputs[i])],
            Outputs = [.. outputs.Select(i => body.Outputs[i])],
        });
        return new(WithBodies([.. bodies]), [0, .. inputs.Select(i => i + 1)], outputs);
    }
}
