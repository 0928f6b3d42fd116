using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.BlendRules;

namespace Brachy;

// What optimizers without a multi-tensor kernel are made of. The first operand gives its memory to the result.
public static partial class F
{
    /// <summary>a x + b y. Shape and dtype: as x; a and b are numbers or 0-dim tensors of any floating-point type.</summary>
    internal static Tensor blend(Tensor x, Tensor y, Tensor a, Tensor b) => Blend.Bind(x, y, a, b);

    internal static readonly Primitive<NoSettings> Blend = Nary.Of(
        "blend", x => BlendType(x, 2), x => Scaled(x, 2).add_(x[1], alpha: NativeNumber.Of(Hyperparameters.Read(x, 3))),
        x => $"{ScaledScript(x, 2)}.add_({x[1]}, alpha={Hyperparameters.ReadScript(x, 3)})",
        Vjp.Decompose(DecomposedBlend), mutates: _ => [0], batching: OfScalars(2, DecomposedBlend));

    /// <summary>a x + b y z. Shape and dtype: as x; a and b are numbers or 0-dim tensors of any floating-point type.</summary>
    internal static Tensor blend_product(Tensor x, Tensor y, Tensor z, Tensor a, Tensor b) => BlendProduct.Bind(x, y, z, a, b);

    internal static readonly Primitive<NoSettings> BlendProduct = Nary.Of(
        "blend_product", x => BlendType(x, 3), x => Scaled(x, 3).addcmul_(x[1], x[2], NativeNumber.Of(Hyperparameters.Read(x, 4))),
        x => $"{ScaledScript(x, 3)}.addcmul_({x[1]}, {x[2]}, value={Hyperparameters.ReadScript(x, 4)})",
        Vjp.Decompose(DecomposedProduct), mutates: _ => [0], batching: OfScalars(3, DecomposedProduct));

    /// <summary>a x + b y / z. Shape and dtype: as x; a and b are numbers or 0-dim tensors of any floating-point type.</summary>
    internal static Tensor blend_quotient(Tensor x, Tensor y, Tensor z, Tensor a, Tensor b) => BlendQuotient.Bind(x, y, z, a, b);

    internal static readonly Primitive<NoSettings> BlendQuotient = Nary.Of(
        "blend_quotient", x => BlendType(x, 3), x => Scaled(x, 3).addcdiv_(x[1], x[2], NativeNumber.Of(Hyperparameters.Read(x, 4))),
        x => $"{ScaledScript(x, 3)}.addcdiv_({x[1]}, {x[2]}, value={Hyperparameters.ReadScript(x, 4)})",
        Vjp.Decompose(DecomposedQuotient), mutates: _ => [0], batching: OfScalars(3, DecomposedQuotient));

    /// <summary>
    /// √x + eps. Shape and dtype: as x; eps is a number or a 0-dim tensor of any floating-point type. The gradient of the
    /// root is 0 where x is 0, as in <see cref="multi_adamw"/>.
    /// </summary>
    internal static Tensor root_plus(Tensor x, Tensor eps) => RootPlus.Bind(x, eps);

    internal static readonly Primitive<NoSettings> RootPlus = Nary.Of(
        "root_plus",
        x =>
        {
            RequireFloatingPoint(x, 0);
            Hyperparameters.Require(x, 1, "eps");
            return new TensorType(x[0].Shape, x[0].DType, x.Device);
        },
        x => x[0].sqrt().add_(NativeNumber.Of(Hyperparameters.Read(x, 1)), NativeNumber.Of(1)),
        x => $"torch.sqrt({x[0]}).add_({Hyperparameters.ReadScript(x, 1)})",
        Vjp.Decompose(DecomposedRoot), batching: OfScalars(1, DecomposedRoot));

    /// <summary>
    /// Elementwise start + weight * (end - start), computed from the nearer end, so that weight 1 gives the end. Shape: broadcast of
    /// all three; dtype: promoted.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor lerp(Tensor start, Tensor end, Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(end);
        ArgumentNullException.ThrowIfNull(weight);
        var difference = end - start;
        Tensor FromStart() => start + weight * difference;
        Tensor FromEnd() => end - (1 - weight) * difference;
        return weight.Number is { } number
            ? Math.Abs(number.ToDouble()) < 0.5 ? FromStart() : FromEnd()
            : where(abs(ElementRules.NotBool(weight)) < 0.5, FromStart(), FromEnd());
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.lerp"/>
    public Tensor lerp(Tensor end, Tensor weight) => F.lerp(this, end, weight);
}

/// <summary>The rules of blends.</summary>
file static class BlendRules
{
    public static Tensor[] DecomposedBlend(VjpArgs x) => [((x[0] * x[2]) + (x[1] * x[3])).to(x[0].dtype)];

    public static Tensor[] DecomposedProduct(VjpArgs x) => [((x[0] * x[3]) + (x[1] * x[2] * x[4])).to(x[0].dtype)];

    public static Tensor[] DecomposedQuotient(VjpArgs x) => [((x[0] * x[3]) + (x[1] / x[2] * x[4])).to(x[0].dtype)];

    public static Tensor[] DecomposedRoot(VjpArgs x) => [(ElementRules.SafeRoot(x[0]) + x[1]).to(x[0].dtype)];

    /// <summary>Batches of tensors of one shape, followed by scalars: the kernel takes one of each.</summary>
    public static Batching OfScalars(int tensors, Func<VjpArgs, Tensor[]> decomposed) => Batching.Either(
        x => Enumerable.Range(tensors, x.Count - tensors).Any(x.IsBatched), Batching.Decompose(decomposed), Batching.Rule(
            x => x.Primitive.BindUntyped(
                x.Settings, [.. Enumerable.Range(0, x.Count).Select(i => i < tensors ? x.Expanded(i) : x[i])])[0]));

    public static TensorType BlendType(AbstractArgs x, int tensors)
    {
        RequireFloatingPoint(x, 0);
        for (var i = 1; i < tensors; i++)
        {
            if (x[i].Shape != x[0].Shape)
            {
                throw new ShapeException(
                    $"{x.Primitive.Name}: operand {i} is {x[i]}, but operand 0 is {x[0]}; their shapes must be equal.");
            }

            if (x.IsNumber(i) || x[i].DType != x[0].DType)
            {
                throw new DTypeException(
                    $"{x.Primitive.Name}: operand {i} is {x[i]}, but operand 0 is {x[0]}; their element types must be equal.");
            }
        }

        Hyperparameters.Require(x, tensors, "a");
        Hyperparameters.Require(x, tensors + 1, "b");
        return new TensorType(x[0].Shape, x[0].DType, x.Device);
    }

    public static void RequireFloatingPoint(AbstractArgs x, int input)
    {
        if (x.IsNumber(input) || !x[input].DType.IsFloatingPoint())
        {
            throw new DTypeException($"{x.Primitive.Name}: operand {input} must be a floating-point tensor, but is {x[input]}.");
        }
    }

    public static torch.Tensor Scaled(EagerArgs x, int factor) =>
        IsOne(x, factor) ? x[0].clone() : x[0].mul(NativeNumber.Of(Hyperparameters.Read(x, factor)));

    public static string ScaledScript(ScriptArgs x, int factor) =>
        x.IsNumber(factor) && x.Number(factor) is "1" or "1.0" ? x[0] : $"{x[0]}.mul_({Hyperparameters.ReadScript(x, factor)})";

    private static bool IsOne(EagerArgs x, int factor) => x.IsNumber(factor) && x.Number(factor).ToDouble() == 1;
}
