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

    public ErrorPlace Place { get; init; } = new();

    /// <summary>The same check with other values.</summary>
    public PendingCheck With(Tensor[] values) => new(Message, Type, values) { Place = Place };

    /// <summary>The same check when its trace is over.</summary>
    public PendingCheck WithoutValues() => new(Message, Type, []) { Place = Place, Count = Count };
}
