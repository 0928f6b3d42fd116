using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// What a loop does with its operands, which are, in this order: the number of steps if <paramref name="HasCount"/>, the first carries, the
/// tensors whose slices the steps read, and what its bodies capture. Its bodies are the step, and the condition if it has one.
/// </summary>
/// <param name="Carries">How many values go from step to step.</param>
/// <param name="Slices">How many tensors are read slice by slice.</param>
/// <param name="Length">The number of steps, or the most there may be; null for any number, and then there are no stacks.</param>
/// <param name="Reverse">Whether the last slice comes first.</param>
/// <param name="HasCount">Whether the first operand says how many of the steps there are.</param>
/// <param name="GivesCount">Whether its last result is the number of steps.</param>
/// <param name="Overwritten">The carries that the step writes over.</param>
internal sealed record LoopForm(
    int Carries, int Slices, long? Length, bool Reverse, bool HasCount, bool GivesCount, Shape Overwritten) : Settings
{
    /// <summary>How many steps a loop is taken to have where nobody can know.</summary>
    public const int GuessedLength = 16;

    /// <summary>The position of the first carry among the operands.</summary>
    public int FirstCarry => HasCount ? 1 : 0;

    public int FirstSlice => FirstCarry + Carries;

    public int FirstCaptured => FirstSlice + Slices;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
    [
        ("carries", Carries), ("slices", Slices), ("length", Length), ("reverse", Reverse), ("has_count", HasCount),
        ("gives_count", GivesCount), ("overwrites", Overwritten),
    ];
}
