namespace Brachy.Extending;

/// <summary>How a primitive writes its result over an operand, whatever its settings.</summary>
/// <param name="Operands">The operands that may be written over, if they are there, best first.</param>
/// <param name="Script">The TorchScript expression, given the operand.</param>
/// <param name="MayFail">Whether the kernel can fail on bad values, when it may have written some.</param>
public sealed record InPlace(int[] Operands, Func<ScriptArgs, int, string> Script, bool MayFail = false)
{
    /// <summary>A method of the only operand, such as <c>exp_</c>.</summary>
    public static InPlace Unary(string method) => new([0], (x, _) => $"{x[0]}.{method}()");

    /// <summary>A method of one operand that takes the other, such as <c>add_</c>.</summary>
    /// <param name="method">The method.</param>
    /// <param name="commutes">Whether the operands may change places.</param>
    public static InPlace Binary(string method, bool commutes = false) => new(commutes ? [0, 1] : [0], (x, operand) =>
    {
        var other = 1 - operand;

        // TorchScript turns a truth value into an integer.
        return $"{x[operand]}.{method}({(x.IsNumber(other) && x.Types[other].DType != DType.Bool ? x.Number(other) : x[other])})";
    });

    /// <summary>
    /// The usual script with an operand as the tensor for the result, for a rule that writes <see cref="ScriptArgs.Into"/>.
    /// </summary>
    /// <param name="keyword">The name of the parameter for the result.</param>
    /// <param name="operands">The operands that may be written over.</param>
    public static InPlace Into(string keyword, params int[] operands) => new(operands, (x, operand) => x.WrittenInto(keyword, operand));

    /// <summary>
    /// The same for kernels that write row by row whatever the layout of the tensor for the result: in place where that is the layout.
    /// </summary>
    public static InPlace IntoRows(string keyword, int operand) => new(
        [operand], (x, _) => $"{x.WrittenInto(keyword, operand)} if {x[operand]}.is_contiguous() else {x.Usual()}");
}

/// <summary>How a primitive writes its result over an operand.</summary>
/// <param name="Operands">The operands that may be written over, if they are there, best first.</param>
/// <param name="Script">The TorchScript expression, given the operand.</param>
/// <param name="MayFail">Whether the kernel can fail on bad values, when it may have written some.</param>
/// <typeparam name="TSettings">The settings of the primitive.</typeparam>
public sealed record InPlace<TSettings>(int[] Operands, Func<ScriptArgs<TSettings>, int, string> Script, bool MayFail = false)
    where TSettings : Settings
{
    /// <summary>A rule that reads no settings.</summary>
    public static implicit operator InPlace<TSettings>(InPlace rule) => new(rule.Operands, rule.Script, rule.MayFail);
}
