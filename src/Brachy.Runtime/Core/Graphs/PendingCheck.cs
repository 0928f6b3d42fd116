namespace Brachy;

/// <summary>A condition of a function that is being traced, which can only be looked at after a run.</summary>
/// <param name="message">What is wrong when it does not hold.</param>
/// <param name="type">The type of the condition.</param>
/// <param name="values">
/// int64 scalars: where in the condition the first element is that does not hold, -1 for none; then the step of each loop around, from the
/// inside out.
/// </param>
internal sealed class PendingCheck(string message, TensorType type, Tensor[] values) : IPlacedError
{
    public string Message { get; } = message;

    /// <summary>The type of the condition.</summary>
    public TensorType Type { get; } = type;

    public Tensor[] Values { get; } = values;

    /// <summary>How many values there are.</summary>
    public int Count { get; private init; } = values.Length;

    /// <summary>The loops around it, from the inside out.</summary>
    public IReadOnlyList<LoopPlace> Loops { get; private init; } = [];

    public ErrorPlace Place { get; init; } = new();

    /// <summary>The same check with other values.</summary>
    public PendingCheck With(Tensor[] values) => new(Message, Type, values) { Place = Place, Loops = Loops };

    /// <summary>The same check as one of a loop: it has the step as a further value.</summary>
    public PendingCheck In(LoopPlace loop, Tensor[] values) => new(Message, Type, values) { Place = Place, Loops = [.. Loops, loop] };

    /// <summary>The same check of all samples of a batch, which is in front of its dims.</summary>
    public PendingCheck OfBatch(long size, Tensor[] values) =>
        new(Message, Type.WithShape([size, .. Type.Shape]), values) { Place = Place, Loops = Loops };

    /// <summary>The same check when its trace is over.</summary>
    public PendingCheck WithoutValues() => new(Message, Type, []) { Place = Place, Loops = Loops, Count = Count };

    /// <summary>The same check for other sizes.</summary>
    /// <param name="message">What is wrong when it does not hold.</param>
    /// <param name="type">The type of the condition.</param>
    /// <param name="loops">The loops around it, from the inside out.</param>
    public PendingCheck For(string message, TensorType type, IReadOnlyList<LoopPlace> loops) =>
        new(message, type, Values) { Place = Place, Loops = loops, Count = Count };

    /// <summary>
    /// Whether this check failed earlier than one of the same function that comes before it in the code: in an earlier step of a loop that
    /// is around both.
    /// </summary>
    /// <param name="values">The values of this check after a run.</param>
    /// <param name="other">The other.</param>
    /// <param name="others">Its values.</param>
    public bool FailedBefore(ReadOnlySpan<long> values, PendingCheck other, ReadOnlySpan<long> others)
    {
        for (var i = 1; i <= Math.Min(Loops.Count, other.Loops.Count) && ReferenceEquals(Loops[^i], other.Loops[^i]); i++)
        {
            if (values[^i] != others[^i])
            {
                return values[^i] < others[^i];
            }
        }

        return false;
    }
}
