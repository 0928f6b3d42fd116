using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>From the gradient of the result, the result and the operands to the gradient of one of them; null means zero.</summary>
internal delegate Tensor? BinaryGradient(Tensor g, Tensor y, Tensor left, Tensor right);

/// <summary>
/// Declares the elementwise primitives of two operands, as <see cref="Nary"/> does those of any number: by the rule for the type of the
/// result, <see cref="Kernel"/>, <see cref="Call"/>, a gradient for each operand and, if there is one, a method that overwrites one of
/// them. Either operand may be a plain number.
/// </summary>
internal static class Binary
{
    /// <summary>A function with a gradient for each operand, computed where it is wanted; null for one without.</summary>
    public static Primitive<NoSettings> Of(
        string name,
        AbstractRule<AbstractArgs> types,
        EagerRule<EagerArgs> eager,
        ScriptRule<ScriptArgs> script,
        BinaryGradient? left,
        BinaryGradient? right,
        InPlace? inPlace = null,
        Batching? batching = null)
    {
        Tensor? By(int operand, BinaryGradient? gradient, Tensor g, Tensor y, VjpArgs x) =>
            x.Needs(operand) ? gradient?.Invoke(g, y, x[0], x[1]) : null;
        return Nary.Of(
            name, types, eager, script, Vjp.Rule((g, y, x) => [By(0, left, g, y, x), By(1, right, g, y, x)]), inPlace, batching: batching);
    }

    /// <summary>A function whose gradients share work, or that has none.</summary>
    public static Primitive<NoSettings> Of(
        string name,
        AbstractRule<AbstractArgs> types,
        EagerRule<EagerArgs> eager,
        ScriptRule<ScriptArgs> script,
        Vjp vjp,
        InPlace? inPlace = null,
        Jvp? jvp = null) =>
        Nary.Of(name, types, eager, script, vjp, inPlace, jvp: jvp);

    /// <summary>A question about each pair of elements. Shape: broadcast of both; dtype bool.</summary>
    public static Primitive<NoSettings> Comparison(string name, EagerRule<EagerArgs> eager, ScriptRule<ScriptArgs> script) =>
        Of(name, Shapes.Comparison, eager, script, Vjp.Zero("truth values have no gradient"));

    /// <summary>The gradient of a function of one operand in one kernel: from that of the result and a value of the forward pass.</summary>
    public static Primitive<NoSettings> Backward(
        string name, EagerRule<EagerArgs> eager, ScriptRule<ScriptArgs> script, Vjp vjp, InPlace? inPlace = null) =>
        Nary.Of(name, ElementRules.Backward, eager, script, vjp, inPlace, batching: Batching.SameShapes, jvp: Jvp.ElementwiseBackward);

    /// <summary>A gradient in one kernel, by rules that read the settings.</summary>
    public static Primitive<TSettings> Backward<TSettings>(
        string name,
        EagerRule<EagerArgs<TSettings>> eager,
        ScriptRule<ScriptArgs<TSettings>> script,
        Vjp<TSettings> vjp,
        InPlace<TSettings>? inPlace = null)
        where TSettings : Settings =>
        Nary.Of(name, ElementRules.Backward, eager, script, vjp, inPlace, batching: Batching.SameShapes, jvp: Jvp.ElementwiseBackward);

    /// <summary>Calls a kernel for two tensors, or the one for a tensor and a number.</summary>
    /// <param name="tensors">Both operands are tensors.</param>
    /// <param name="number">The second operand is a number.</param>
    /// <param name="swapped">The first operand is a number, which comes second here; null to make a 0-dim tensor of it.</param>
    public static EagerRule<EagerArgs> Kernel(
        Func<torch.Tensor, torch.Tensor, torch.Tensor> tensors,
        Func<torch.Tensor, TorchSharp.Scalar, torch.Tensor>? number = null,
        Func<torch.Tensor, TorchSharp.Scalar, torch.Tensor>? swapped = null) => x =>
        {
            if (number is not null && x.IsNumber(1))
            {
                return number(x[0], x.Number(1));
            }

            return swapped is not null && x.IsNumber(0) ? swapped(x[1], x.Number(0)) : tensors(x[0], x[1]);
        };

    /// <summary>Writes a call for two tensors or for a tensor and a number.</summary>
    /// <param name="function">The function when the first operand is a tensor.</param>
    /// <param name="takesNumber">Whether the second operand may be a number.</param>
    /// <param name="swapped">The function that takes a number as its second operand when it was the first; null for none.</param>
    public static ScriptRule<ScriptArgs> Call(string function, bool takesNumber = true, string? swapped = null) => x =>
    {
        // TorchScript turns a truth value into an integer, which would promote differently; a 0-dim tensor does not.
        bool IsPlain(int index) => x.IsNumber(index) && x.Types[index].DType != DType.Bool;
        if (takesNumber && IsPlain(1))
        {
            return $"{function}({x[0]}, {x.Number(1)})";
        }

        return swapped is not null && IsPlain(0)
            ? $"{swapped}({x[1]}, {x.Number(0)})"
            : $"{function}({x[0]}, {x[1]}{x.Into})";
    };
}
