using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// A loop. Its operands are, in this order: the number of steps if <see cref="HasCount"/>, the first carries, the tensors whose slices the
/// steps read, and what its bodies capture. Its results are the last carries, the stacks of what the steps give, and the number of steps if
/// <see cref="GivesCount"/>.
/// </summary>
/// <param name="Step">From carries, slices and captured tensors to the next carries and one slice of each stack.</param>
/// <param name="Condition">From carries and captured tensors to whether there is another step; null for a number of steps.</param>
/// <param name="Carries">How many values go from step to step.</param>
/// <param name="Slices">How many tensors are read slice by slice.</param>
/// <param name="Length">The number of steps, or the most there may be; null for any number, and then there are no stacks.</param>
/// <param name="Reverse">Whether the last slice comes first.</param>
internal sealed record LoopSettings(Body Step, Body? Condition, int Carries, int Slices, long? Length, bool Reverse) : BodySettings
{
    /// <summary>Whether the first operand says how many of the steps there are.</summary>
    public bool HasCount { get; init; }

    /// <summary>Whether its gradient computes again what the steps computed, instead of keeping it.</summary>
    public bool Checkpoint { get; init; }

    /// <summary>The carries that the step writes over, which the compiler has chosen.</summary>
    public Shape Overwritten { get; init; } = [];

    public bool GivesCount => Condition is not null && Length is not null;

    /// <summary>Whether nobody knows before the run that there is a step.</summary>
    public bool MayBeEmpty => HasCount || Condition is not null || Length == 0;

    public int Stacks => Step.Graph.Outputs.Count - Carries;

    /// <summary>The position of the first carry among the operands.</summary>
    public int FirstCarry => HasCount ? 1 : 0;

    public int FirstSlice => FirstCarry + Carries;

    public int FirstCaptured => FirstSlice + Slices;

    /// <inheritdoc/>
    public override IReadOnlyList<Graph> Bodies => Condition is null ? [Step.Graph] : [Step.Graph, Condition.Graph];

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => new (string, object?, bool)[]
    {
        ("length", Length, Length is not null), ("reverse", Reverse, Reverse), ("carries", Carries, true), ("slices", Slices, Slices > 0),
        ("checkpoint", Checkpoint, Checkpoint), ("overwrites", Overwritten, Overwritten.Rank > 0),
    }.Where(entry => entry.Item3).Select(entry => (entry.Item1, entry.Item2)).ToArray();

    /// <inheritdoc/>
    public override BodySettings WithBodies(IReadOnlyList<Graph> bodies) =>
        this with { Step = bodies[0], Condition = Condition is null ? null : bodies[1] };

    /// <inheritdoc/>
    public override double RunsOf(int body) => Length ?? LoopForm.GuessedLength;

    /// <inheritdoc/>
    internal override PrunedUse Prune(IReadOnlyList<bool> wanted)
    {
        var (step, condition) = (Step.Graph, Condition?.Graph);
        var stacks = Enumerable.Range(Carries, Stacks).Where(i => wanted[i]).ToArray();
        var carries = Enumerable.Range(0, Carries).Where(i => wanted[i]).ToHashSet();
        var ofCondition = condition?.NeededInputs(condition.Outputs) ?? [];
        carries.UnionWith(Enumerable.Range(0, Carries).Where(ofCondition.Contains));
        HashSet<int> needed;
        int before;
        do
        {
            before = carries.Count;
            needed = step.NeededInputs(carries.Concat(stacks).Select(i => step.Outputs[i]));
            carries.UnionWith(needed.Where(i => i < Carries));
        }
        while (carries.Count > before);

        int[] keptCarries = [.. carries.Order()];
        int[] slices = [.. Enumerable.Range(Carries, Slices).Where(needed.Contains)];
        int[] captured = [.. Enumerable.Range(Carries + Slices, step.Inputs.Count - Carries - Slices)
            .Where(i => needed.Contains(i) || ofCondition.Contains(i - Slices))];
        var settings = this with
        {
            Step = step with
            {
                Inputs = [.. keptCarries.Concat(slices).Concat(captured).Select(i => step.Inputs[i])],
                Outputs = [.. keptCarries.Concat(stacks).Select(i => step.Outputs[i])],
            },
            Condition = condition is null ? null : condition with
            {
                Inputs = [.. keptCarries.Concat(captured.Select(i => i - Slices)).Select(i => condition.Inputs[i])],
            },
            Carries = keptCarries.Length,
            Slices = slices.Length,
        };
        var first = FirstCarry;
        return new(
            settings,
            [.. Enumerable.Range(0, first), .. keptCarries.Concat(slices).Concat(captured).Select(i => first + i)],
            [.. keptCarries, .. stacks, .. GivesCount ? [Carries + Stacks] : Array.Empty<int>()]);
    }
}
