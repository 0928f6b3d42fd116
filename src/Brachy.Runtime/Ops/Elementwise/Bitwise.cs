using Brachy.Extending;
using static Brachy.BitwiseRules;

namespace Brachy;

// Bits of integers, and divisors.
public static partial class F
{
    /// <summary>Elementwise and of bits; of bools, the logical and. Shape: broadcast of both; dtype: promoted, integer or bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">An operand is of a floating-point type.</exception>
    public static Tensor bitwise_and(Tensor left, Tensor right) => BitwiseAnd.Bind(left, right);

    internal static readonly Primitive<NoSettings> BitwiseAnd = Binary.Of(
        "bitwise_and", x => Bits(x, allowBool: true), Binary.Kernel((a, b) => a.bitwise_and(b)),
        Binary.Call("torch.bitwise_and", swapped: "torch.bitwise_and"), Vjp.Zero("bits have no gradient"));

    /// <summary>Elementwise or of bits; of bools, the logical or. Shape: broadcast of both; dtype: promoted, integer or bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">An operand is of a floating-point type.</exception>
    public static Tensor bitwise_or(Tensor left, Tensor right) => BitwiseOr.Bind(left, right);

    internal static readonly Primitive<NoSettings> BitwiseOr = Binary.Of(
        "bitwise_or", x => Bits(x, allowBool: true), Binary.Kernel((a, b) => a.bitwise_or(b)),
        Binary.Call("torch.bitwise_or", swapped: "torch.bitwise_or"), Vjp.Zero("bits have no gradient"));

    /// <summary>
    /// Elementwise exclusive or of bits; of bools, whether they differ. Shape: broadcast of both; dtype: promoted, integer or bool.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">An operand is of a floating-point type.</exception>
    public static Tensor bitwise_xor(Tensor left, Tensor right) => BitwiseXor.Bind(left, right);

    internal static readonly Primitive<NoSettings> BitwiseXor = Binary.Of(
        "bitwise_xor", x => Bits(x, allowBool: true), Binary.Kernel((a, b) => a.bitwise_xor(b)),
        Binary.Call("torch.bitwise_xor", swapped: "torch.bitwise_xor"), Vjp.Zero("bits have no gradient"));

    /// <summary>Elementwise complement of bits; of bools, the logical not. Shape and dtype: as x, integer or bool.</summary>
    /// <exception cref="DTypeException">x is of a floating-point type.</exception>
    public static Tensor bitwise_not(Tensor x) => BitwiseNot.Bind(x);

    internal static readonly Primitive<NoSettings> BitwiseNot = Unary.Of(
        "bitwise_not", x => Bits(x, allowBool: true), x => x.bitwise_not(), "torch.bitwise_not", Vjp.Zero("bits have no gradient"));

    /// <summary>Elementwise left shifted by right bits towards higher ones. Shape: broadcast of both; dtype: promoted, integer.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The result would not be an integer.</exception>
    public static Tensor bitwise_left_shift(Tensor left, Tensor right) => BitwiseLeftShift.Bind(left, right);

    internal static readonly Primitive<NoSettings> BitwiseLeftShift = Binary.Of(
        "bitwise_left_shift", x => Bits(x, allowBool: false), Binary.Kernel((a, b) => a.bitwise_left_shift(b)),
        Binary.Call("torch.bitwise_left_shift"), Vjp.Zero("bits have no gradient"));

    /// <summary>
    /// Elementwise left shifted by right bits towards lower ones; the sign stays. Shape: broadcast of both; dtype: promoted, integer.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The result would not be an integer.</exception>
    public static Tensor bitwise_right_shift(Tensor left, Tensor right) => BitwiseRightShift.Bind(left, right);

    internal static readonly Primitive<NoSettings> BitwiseRightShift = Binary.Of(
        "bitwise_right_shift", x => Bits(x, allowBool: false), Binary.Kernel((a, b) => a.bitwise_right_shift(b)),
        Binary.Call("torch.bitwise_right_shift"), Vjp.Zero("bits have no gradient"));

    /// <summary>Elementwise greatest common divisor, not negative. Shape: broadcast of both; dtype: promoted, integer.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The result would not be an integer.</exception>
    public static Tensor gcd(Tensor left, Tensor right) => Gcd.Bind(left, right);

    internal static readonly Primitive<NoSettings> Gcd = Binary.Of(
        "gcd", x => Bits(x, allowBool: false), Binary.Kernel((a, b) => a.gcd(b)), Binary.Call("torch.gcd", takesNumber: false),
        Vjp.Zero("integers have no gradient"));

    /// <summary>Elementwise least common multiple, not negative. Shape: broadcast of both; dtype: promoted, integer.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The result would not be an integer.</exception>
    public static Tensor lcm(Tensor left, Tensor right) => Lcm.Bind(left, right);

    internal static readonly Primitive<NoSettings> Lcm = Binary.Of(
        "lcm", x => Bits(x, allowBool: false), Binary.Kernel((a, b) => a.lcm(b)), Binary.Call("torch.lcm", takesNumber: false),
        Vjp.Zero("integers have no gradient"));
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.bitwise_and"/>
    public static Tensor operator &(Tensor left, Tensor right) => F.bitwise_and(left, right);

    /// <inheritdoc cref="F.bitwise_or"/>
    public static Tensor operator |(Tensor left, Tensor right) => F.bitwise_or(left, right);

    /// <inheritdoc cref="F.bitwise_xor"/>
    public static Tensor operator ^(Tensor left, Tensor right) => F.bitwise_xor(left, right);

    /// <inheritdoc cref="F.bitwise_not"/>
    public static Tensor operator ~(Tensor x) => F.bitwise_not(x);

    /// <inheritdoc cref="F.bitwise_left_shift"/>
    public static Tensor operator <<(Tensor left, Tensor right) => F.bitwise_left_shift(left, right);

    /// <inheritdoc cref="F.bitwise_right_shift"/>
    public static Tensor operator >>(Tensor left, Tensor right) => F.bitwise_right_shift(left, right);

    /// <inheritdoc cref="F.bitwise_and"/>
    public Tensor bitwise_and(Tensor right) => F.bitwise_and(this, right);

    /// <inheritdoc cref="F.bitwise_or"/>
    public Tensor bitwise_or(Tensor right) => F.bitwise_or(this, right);

    /// <inheritdoc cref="F.bitwise_xor"/>
    public Tensor bitwise_xor(Tensor right) => F.bitwise_xor(this, right);

    /// <inheritdoc cref="F.bitwise_not"/>
    public Tensor bitwise_not() => F.bitwise_not(this);

    /// <inheritdoc cref="F.bitwise_left_shift"/>
    public Tensor bitwise_left_shift(Tensor right) => F.bitwise_left_shift(this, right);

    /// <inheritdoc cref="F.bitwise_right_shift"/>
    public Tensor bitwise_right_shift(Tensor right) => F.bitwise_right_shift(this, right);

    /// <inheritdoc cref="F.gcd"/>
    public Tensor gcd(Tensor right) => F.gcd(this, right);

    /// <inheritdoc cref="F.lcm"/>
    public Tensor lcm(Tensor right) => F.lcm(this, right);
}

/// <summary>Types of bitwise ops.</summary>
file static class BitwiseRules
{
    public static TensorTypes Bits(AbstractArgs x, bool allowBool)
    {
        var result = Promotion.ResultType(x.Types);
        if (result.IsFloatingPoint() || (result == DType.Bool && !allowBool))
        {
            var operands = string.Join(" and ", x.Types);
            throw new DTypeException(
                $"{x.Primitive.Name}: {operands} must hold integers{(allowBool ? " or truth values" : "")}; cast with x.to(DType.Int64).");
        }

        return new TensorType(Shapes.Broadcast(x), result, x.Device);
    }
}
