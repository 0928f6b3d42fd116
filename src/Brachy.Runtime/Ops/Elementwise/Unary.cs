using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>From the gradient of the result, the result and the operand to the gradient of the operand.</summary>
internal delegate Tensor UnaryGradient(Tensor g, Tensor y, Tensor x);

/// <summary>
/// Declares the elementwise primitives of one operand, as <see cref="Nary"/> does those of any number: by the rule for the type of the
/// result, TorchSharp's function, TorchScript's function, the gradient and, if there is one, TorchScript's method that overwrites the
/// operand.
/// </summary>
internal static class Unary
{
    /// <summary>A function of real numbers. Shape and dtype: as x (integers become float32).</summary>
    public static Primitive<NoSettings> Float(
        string name, Func<torch.Tensor, torch.Tensor> kernel, string function, UnaryGradient gradient, string? inPlace = null) =>
        Of(name, Shapes.FloatUnary, kernel, function, gradient, inPlace);

    /// <summary>A question about each element. Shape: as x; dtype bool.</summary>
    public static Primitive<NoSettings> Test(string name, Func<torch.Tensor, torch.Tensor> kernel, string function) =>
        Of(name, ElementRules.UnaryBool, kernel, function, Vjp.Zero("truth values have no gradient"));

    /// <summary>A function that is constant between its steps.</summary>
    public static Primitive<NoSettings> Steps(
        string name, AbstractRule<AbstractArgs> types, Func<torch.Tensor, torch.Tensor> kernel, string function) =>
        Of(name, types, kernel, function, Vjp.Zero("it is constant between its steps"));

    /// <summary>A function with a rule of its own for the type of the result.</summary>
    public static Primitive<NoSettings> Of(
        string name,
        AbstractRule<AbstractArgs> types,
        Func<torch.Tensor, torch.Tensor> kernel,
        string function,
        UnaryGradient gradient,
        string? inPlace = null) =>
        Of(name, types, kernel, function, Vjp.Rule((g, y, x) => [gradient(g, y, x[0])]), inPlace);

    /// <summary>A function whose gradient is of another kind.</summary>
    public static Primitive<NoSettings> Of(
        string name,
        AbstractRule<AbstractArgs> types,
        Func<torch.Tensor, torch.Tensor> kernel,
        string function,
        Vjp vjp,
        string? inPlace = null) =>
        Of(name, types, x => kernel(x[0]), x => $"{function}({x[0]})", vjp, inPlace is null ? null : InPlace.Unary(inPlace));

    /// <summary>A function with a kernel and a script of its own.</summary>
    public static Primitive<NoSettings> Of(
        string name,
        AbstractRule<AbstractArgs> types,
        EagerRule<EagerArgs> eager,
        ScriptRule<ScriptArgs> script,
        Vjp vjp,
        InPlace? inPlace = null) =>
        Nary.Of(name, types, eager, script, vjp, inPlace);

    /// <summary>A function whose rules read its settings.</summary>
    public static Primitive<TSettings> Of<TSettings>(
        string name,
        AbstractRule<AbstractArgs<TSettings>> types,
        EagerRule<EagerArgs<TSettings>> eager,
        ScriptRule<ScriptArgs<TSettings>> script,
        Vjp<TSettings> vjp,
        InPlace<TSettings>? inPlace = null,
        Jvp? jvp = null)
        where TSettings : Settings =>
        Nary.Of(name, types, eager, script, vjp, inPlace, jvp: jvp);
}
