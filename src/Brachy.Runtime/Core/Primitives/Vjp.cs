namespace Brachy;

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

    /// <summary>Why there is no gradient, or why it is zero.</summary>
    public string? Reason { get; }

    /// <summary>Whether the gradient is zero everywhere it exists.</summary>
    public bool IsZero { get; }

    /// <summary>A primitive with one result.</summary>
    /// <param name="rule">From the gradient of the result, the result and the inputs to one gradient for each input; null means zero.</param>
    public static Vjp Rule(Func<Tensor, Tensor, VjpArgs, Tensor?[]> rule) =>
        new((gradients, outputs, x) => rule(gradients[0]!, outputs[0], x), null, false);

    /// <summary>A primitive with several results; a gradient of a result is null when nothing depends on it.</summary>
    public static Vjp Multi(Func<Tensor?[], Tensor[], VjpArgs, Tensor?[]> rule) => new(rule, null, false);

    /// <summary>A primitive that is constant almost everywhere, or whose results are not real numbers: no gradient flows.</summary>
    public static Vjp Zero(string reason) => new(null, reason, true);

    /// <summary>A primitive that cannot be differentiated; asking for its gradient throws.</summary>
    public static Vjp None(string reason) => new(null, reason, false);
}
