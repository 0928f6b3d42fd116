namespace Brachy.Extending;

/// <summary>A value of a function that runs for a batch: one for all samples, or one for each along dim 0.</summary>
/// <param name="Value">The tensor.</param>
/// <param name="IsBatched">Whether dim 0 is the batch.</param>
internal readonly record struct BatchedTensor(Tensor Value, bool IsBatched);

/// <summary>Input of the rule that computes a primitive for a whole batch, in Brachy ops.</summary>
public abstract partial class BatchArgs : RuleArgs
{
    private readonly IReadOnlyList<BatchedTensor> _inputs;

    private protected BatchArgs(
        Primitive primitive, Settings settings, IReadOnlyList<BatchedTensor> inputs, IReadOnlyList<TensorType> types,
        IReadOnlyList<TensorType> outputs, BatchContext context)
        : base(primitive, settings, types)
    {
        _inputs = inputs;
        Outputs = outputs;
        Context = context;
    }

    /// <summary>The number of samples, which may be 0 or 1.</summary>
    public long Size => Context.Size;

    /// <summary>The types of the results for one sample. Those of the operands for one sample are <see cref="RuleArgs.Types"/>.</summary>
    public IReadOnlyList<TensorType> Outputs { get; }

    /// <summary>What holds for the whole batch.</summary>
    internal BatchContext Context { get; }

    /// <summary>The operands.</summary>
    internal IReadOnlyList<BatchedTensor> Inputs => _inputs;

    /// <summary>An operand as it is: with the batch as dim 0 if <see cref="IsBatched"/>, as for one sample otherwise.</summary>
    public Tensor this[int index] => _inputs[index].Value;

    /// <summary>Whether an operand differs from sample to sample.</summary>
    public bool IsBatched(int index) => _inputs[index].IsBatched;
}

/// <summary>Input of the rule that computes a primitive with settings for a whole batch.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class BatchArgs<TSettings> : BatchArgs, IRuleArgs<TSettings>
    where TSettings : Settings
{
    internal BatchArgs(
        Primitive primitive, TSettings settings, IReadOnlyList<BatchedTensor> inputs, IReadOnlyList<TensorType> types,
        IReadOnlyList<TensorType> outputs, BatchContext context)
        : base(primitive, settings, inputs, types, outputs, context) => Settings = settings;

    /// <summary>The settings.</summary>
    public new TSettings Settings { get; }
}
