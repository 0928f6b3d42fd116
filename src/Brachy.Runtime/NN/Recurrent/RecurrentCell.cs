namespace Brachy.NN;

/// <summary>What recurrent cells share: the weights of one step.</summary>
[Module]
public abstract partial class RecurrentCell
{
    /// <summary>From the input to the gates, [gates · hidden_size, input_size].</summary>
    [Param]
    public partial Tensor WeightIh { get; set; }

    /// <summary>From the state to the gates, [gates · hidden_size, hidden_size].</summary>
    [Param]
    public partial Tensor WeightHh { get; set; }

    /// <summary>The bias of the input, [gates · hidden_size]; null for none.</summary>
    [Param]
    public partial Tensor? BiasIh { get; set; }

    /// <summary>The bias of the state, [gates · hidden_size]; null for none.</summary>
    [Param]
    public partial Tensor? BiasHh { get; set; }

    private protected RecurrentCell(long gates, long inputSize, long hiddenSize, bool bias, DType dtype)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenSize);
        WeightIh = RecurrentWeights.Draw([gates * hiddenSize, inputSize], hiddenSize, dtype);
        WeightHh = RecurrentWeights.Draw([gates * hiddenSize, hiddenSize], hiddenSize, dtype);
        BiasIh = bias ? RecurrentWeights.Draw([gates * hiddenSize], hiddenSize, dtype) : null;
        BiasHh = bias ? RecurrentWeights.Draw([gates * hiddenSize], hiddenSize, dtype) : null;
    }

    private protected RecurrentWeights Weights => new(WeightIh, WeightHh, BiasIh, BiasHh);

    /// <summary>Input and states, checked; states that are not given are zeros.</summary>
    private protected Tensor StateOf(Tensor x, Tensor? state, string name)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (inputSize, hiddenSize) = (WeightIh.shape[1], WeightHh.shape[1]);
        if (x.ndim is not (1 or 2) || x.shape[^1] != inputSize)
        {
            throw new ShapeException($"{GetType().Name}: the input is {x.Type}, but must be [N, {inputSize}] or [{inputSize}].");
        }

        RecurrentInputs.Require(GetType().Name, "the input", x, WeightHh);
        Shape shape = [.. x.shape.SkipLast(1), hiddenSize];
        if (state is null)
        {
            return F.zeros(shape, x.dtype, x.device);
        }

        if (state.shape != shape)
        {
            throw new ShapeException($"{GetType().Name}: {name} is {state.Type}, but must be {shape}.");
        }

        RecurrentInputs.Require(GetType().Name, name, state, WeightHh);
        return state;
    }
}
