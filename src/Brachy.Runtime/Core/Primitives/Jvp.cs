namespace Brachy.Extending;

/// <summary>
/// The Jacobian-vector product of a primitive: from the tangents of its inputs to those of its results, in Brachy ops. A primitive without
/// one has that of its <see cref="Vjp"/>, transposed.
/// </summary>
public sealed partial class Jvp
{
    private Jvp(Func<JvpArgs, Tensor?[]> rule) => Apply = rule;

    /// <summary>From tangents, results and inputs to the tangents of the results; null means zero.</summary>
    internal Func<JvpArgs, Tensor?[]> Apply { get; }

    /// <summary>Which inputs' tangents the rule does not look at; null for none.</summary>
    internal Func<RuleArgs, int, bool>? Ignores { get; init; }

    /// <summary>A primitive with one result.</summary>
    /// <param name="rule">
    /// From the tangents of the inputs (null means zero; one at least is there), the result and the inputs to the tangent of the result.
    /// It may have a shape that broadcasts to that of the result.
    /// </param>
    public static Jvp Rule(Func<Tensor?[], Tensor, JvpArgs, Tensor?> rule) => new(x => [rule(x.Tangents, x.Outputs[0], x)]);

    /// <summary>A primitive with one result, by a rule that reads its settings.</summary>
    /// <inheritdoc cref="Rule(Func{Tensor?[], Tensor, JvpArgs, Tensor?})"/>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Jvp<TSettings> Rule<TSettings>(Func<Tensor?[], Tensor, JvpArgs<TSettings>, Tensor?> rule)
        where TSettings : Settings =>
        Rule((tangents, output, x) => rule(tangents, output, (JvpArgs<TSettings>)x));

    /// <summary>The same rule, which does not look at the tangents of some inputs.</summary>
    internal Jvp Ignoring(Func<RuleArgs, int, bool> ignores) => new(Apply) { Ignores = ignores };

    /// <summary>A primitive with several results: one tangent for each, null for zero or one that is not wanted.</summary>
    public static Jvp Multi(Func<Tensor?[], Tensor[], JvpArgs, Tensor?[]> rule) => new(x => rule(x.Tangents, x.Outputs, x));

    /// <summary>A primitive with several results, by a rule that reads its settings.</summary>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Jvp<TSettings> Multi<TSettings>(Func<Tensor?[], Tensor[], JvpArgs<TSettings>, Tensor?[]> rule)
        where TSettings : Settings =>
        Multi((tangents, outputs, x) => rule(tangents, outputs, (JvpArgs<TSettings>)x));
}

/// <summary>The Jacobian-vector product of a primitive with settings; any <see cref="Jvp"/> is one that does not read them.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public sealed class Jvp<TSettings>
    where TSettings : Settings
{
    private Jvp(Jvp rule) => Untyped = rule;

    /// <summary>The rule, which is given <see cref="JvpArgs{TSettings}"/>.</summary>
    internal Jvp Untyped { get; }

    /// <summary>A rule that reads no settings.</summary>
    public static implicit operator Jvp<TSettings>(Jvp rule) => new(rule);
}
