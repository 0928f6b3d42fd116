namespace Brachy.Inference;

/// <summary>What a loop or a choice of a model that is built runs. It sees nothing of what is around it but its inputs.</summary>
public sealed class FrozenBody : FrozenRoutine
{
    internal FrozenBody(FrozenBuilder model, int depth)
        : base(model, depth)
    {
    }

    /// <summary>An input, after those that there are.</summary>
    /// <param name="dtype">The element type: float32, float64, int64, bool, or int8 for weights of <c>linear_int8</c>.</param>
    /// <param name="shape">The sizes.</param>
    /// <exception cref="ArgumentException">There are no such tensors.</exception>
    public FrozenValue Input(DType dtype, ReadOnlySpan<FrozenNumber> shape) => AddInput($"input {Inputs.Count + 1}", dtype, shape);

    /// <summary>Gives a result, after those that there are.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentException">It is no value of this body, or something has written over it.</exception>
    public void Output(FrozenValue value) => AddOutput(value);
}
