using Brachy.Extending;

namespace Brachy;

/// <summary>
/// Declares elementwise primitives: an element of the result depends on the elements at its place alone, after broadcasting. What holds for
/// the whole family is said here, once; <see cref="Unary"/> and <see cref="Binary"/> give their primitives the common rules.
/// </summary>
internal static class Nary
{
    /// <summary>An elementwise primitive with rules of its own.</summary>
    /// <param name="name">The name in graphs and messages.</param>
    /// <param name="types">The rule for result types.</param>
    /// <param name="eager">The kernel.</param>
    /// <param name="script">The TorchScript.</param>
    /// <param name="vjp">The gradient.</param>
    /// <param name="inPlace">How the TorchScript writes over an operand; null when it cannot.</param>
    /// <param name="mutates">The operands that the TorchScript overwrites; null for none.</param>
    /// <param name="batching">How it computes a batch; null for <see cref="Batching.Elementwise"/>.</param>
    /// <param name="jvp">The derivative in forward mode; null for what holds for all elementwise primitives.</param>
    public static Primitive<NoSettings> Of(
        string name,
        AbstractRule<AbstractArgs> types,
        EagerRule<EagerArgs> eager,
        ScriptRule<ScriptArgs> script,
        Vjp vjp,
        InPlace? inPlace = null,
        Func<AbstractArgs, int[]>? mutates = null,
        Batching? batching = null,
        Jvp? jvp = null) =>
        Of<NoSettings>(name, types, eager, script, vjp, inPlace is null ? null : (InPlace<NoSettings>)inPlace, mutates, batching, jvp);

    /// <summary>An elementwise primitive with rules of its own, which read its settings.</summary>
    /// <inheritdoc cref="Of(string, AbstractRule{AbstractArgs}, EagerRule{EagerArgs}, ScriptRule{ScriptArgs}, Vjp, InPlace?,
    /// Func{AbstractArgs, int[]}?, Batching?, Jvp?)"/>
    public static Primitive<TSettings> Of<TSettings>(
        string name,
        AbstractRule<AbstractArgs<TSettings>> types,
        EagerRule<EagerArgs<TSettings>> eager,
        ScriptRule<ScriptArgs<TSettings>> script,
        Vjp<TSettings> vjp,
        InPlace<TSettings>? inPlace = null,
        Func<AbstractArgs<TSettings>, int[]>? mutates = null,
        Batching? batching = null,
        Jvp? jvp = null)
        where TSettings : Settings =>
        new(name)
        {
            Abstract = types,
            Eager = eager,
            Script = script,
            Vjp = vjp,
            Jvp = jvp ?? Jvp.Elementwise,
            InPlace = inPlace,
            Mutates = mutates,
            Batching = batching ?? Batching.Elementwise,
        };
}
