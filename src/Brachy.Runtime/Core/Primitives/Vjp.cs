namespace Brachy.Extending;

/// <summary>The vector-Jacobian product of a primitive, written in Brachy ops so that it can be differentiated again.</summary>
public sealed partial class Vjp
{
    private Vjp(Func<Tensor?[], Tensor[], VjpArgs, Tensor?[]>? rule, string? reason, bool isZero)
    {
        Apply = rule;
        Reason = reason;
        IsZero = isZero;
    }

    /// <summary>From the gradients of the results, the results and the inputs to the gradients of the inputs.</summary>
    internal Func<Tensor?[], Tensor[], VjpArgs, Tensor?[]>? Apply { get; }

    /// <summary>An equal function made of other ops, whose gradient this is; null for none.</summary>
    internal Func<VjpArgs, Tensor[]>? Decomposition { get; private init; }

    /// <summary>Why there is no gradient, or why it is zero.</summary>
    public string? Reason { get; }

    /// <summary>Whether the gradient is zero everywhere it exists.</summary>
    public bool IsZero { get; }

    /// <summary>A primitive with one result.</summary>
    /// <param name="rule">
    /// From the gradient of the result, the result and the inputs to one gradient for each input; null means zero.
    /// </param>
    public static Vjp Rule(Func<Tensor, Tensor, VjpArgs, Tensor?[]> rule) =>
        new((gradients, outputs, x) => rule(gradients[0]!, outputs[0], x), null, false);

    /// <summary>A primitive with one result, by a rule that reads its settings.</summary>
    /// <param name="rule">
    /// From the gradient of the result, the result and the inputs to one gradient for each input; null means zero.
    /// </param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Vjp<TSettings> Rule<TSettings>(Func<Tensor, Tensor, VjpArgs<TSettings>, Tensor?[]> rule)
        where TSettings : Settings =>
        Rule((gradient, output, x) => rule(gradient, output, (VjpArgs<TSettings>)x));

    /// <summary>A primitive with several results; a gradient of a result is null when nothing depends on it.</summary>
    public static Vjp Multi(Func<Tensor?[], Tensor[], VjpArgs, Tensor?[]> rule) => new(rule, null, false);

    /// <summary>A primitive with several results, by a rule that reads its settings.</summary>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Vjp<TSettings> Multi<TSettings>(Func<Tensor?[], Tensor[], VjpArgs<TSettings>, Tensor?[]> rule)
        where TSettings : Settings =>
        Multi((gradients, outputs, x) => rule(gradients, outputs, (VjpArgs<TSettings>)x));

    /// <summary>A primitive that is constant almost everywhere, or whose results are not real numbers: no gradient flows.</summary>
    public static Vjp Zero(string reason) => new(null, reason, true);

    /// <summary>A primitive that cannot be differentiated; asking for its gradient throws.</summary>
    public static Vjp None(string reason) => new(null, reason, false);
}

/// <summary>The vector-Jacobian product of a primitive with settings; any <see cref="Vjp"/> is one that does not read them.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class Vjp<TSettings>
    where TSettings : Settings
{
    private Vjp(Vjp rule) => Untyped = rule;

    /// <summary>The rule, which is given <see cref="VjpArgs{TSettings}"/>.</summary>
    internal Vjp Untyped { get; }

    /// <summary>A rule that reads no settings.</summary>
    public static implicit operator Vjp<TSettings>(Vjp rule) => new(rule);
}
