namespace Brachy.Extending;

/// <summary>
/// How a primitive computes a whole batch at once, written in Brachy ops. In batched operands and results the batch is dim 0.
/// </summary>
/// <remarks>
/// A primitive without such a rule is computed sample by sample in a loop, which is right but slow. Most rules are those of families:
/// <see cref="Elementwise"/>, <see cref="Dims{TSettings}"/>, <see cref="Folded"/>.
/// </remarks>
public sealed partial class Batching
{
    private Batching(Func<BatchArgs, BatchedTensor[]> rule) => Apply = rule;

    /// <summary>From the operands to the results.</summary>
    internal Func<BatchArgs, BatchedTensor[]> Apply { get; }

    /// <summary>A primitive with one result.</summary>
    /// <param name="rule">From the operands, at least one of which is batched, to the batched result.</param>
    public static Batching Rule(Func<BatchArgs, Tensor> rule) => Multi(x => [rule(x)]);

    /// <summary>A primitive with one result, by a rule that reads its settings.</summary>
    /// <param name="rule">From the operands, at least one of which is batched, to the batched result.</param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Batching<TSettings> Rule<TSettings>(Func<BatchArgs<TSettings>, Tensor> rule)
        where TSettings : Settings =>
        Rule(x => rule((BatchArgs<TSettings>)x));

    /// <summary>A primitive with several results, all of which are batched.</summary>
    /// <param name="rule">From the operands, at least one of which is batched, to the batched results.</param>
    public static Batching Multi(Func<BatchArgs, Tensor[]> rule) =>
        new(x => Array.ConvertAll(rule(x), result => new BatchedTensor(result, true)));

    /// <summary>A primitive with several results, all of which are batched, by a rule that reads its settings.</summary>
    /// <param name="rule">From the operands, at least one of which is batched, to the batched results.</param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Batching<TSettings> Multi<TSettings>(Func<BatchArgs<TSettings>, Tensor[]> rule)
        where TSettings : Settings =>
        Multi(x => rule((BatchArgs<TSettings>)x));

    /// <summary>A primitive some of whose results may be the same for all samples, or that computes without batched operands.</summary>
    internal static Batching Mixed<TSettings>(Func<BatchArgs<TSettings>, BatchedTensor[]> rule)
        where TSettings : Settings =>
        new(x => rule((BatchArgs<TSettings>)x));
}

/// <summary>How a primitive with settings computes a batch; any <see cref="Batching"/> is one that does not read them.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class Batching<TSettings>
    where TSettings : Settings
{
    private Batching(Batching rule) => Untyped = rule;

    /// <summary>The rule, which is given <see cref="BatchArgs{TSettings}"/>.</summary>
    internal Batching Untyped { get; }

    /// <summary>A rule that reads no settings.</summary>
    public static implicit operator Batching<TSettings>(Batching rule) => new(rule);
}
