using Brachy.Extending;
using static Brachy.ClampLimits;
using static Brachy.F;

namespace Brachy;

// Division with a remainder, and clamping.
public static partial class F
{
    /// <summary>
    /// Elementwise remainder with the sign of the divisor: left - right * floor(left / right). Shape: broadcast of both;
    /// dtype: promoted, not bool.
    /// </summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="NativeOpException">An integer is divided by 0.</exception>
    public static Tensor remainder(Tensor left, Tensor right) => Remainder.Bind(left, right);

    internal static readonly Primitive<NoSettings> Remainder = Binary.Of(
        "remainder", ElementRules.BinaryNotBool, Binary.Kernel((a, b) => a.remainder(b), (a, n) => a.remainder(n)),
        Binary.Call("torch.remainder"), (g, y, a, b) => g, (g, y, a, b) => -g * floor_divide(a, b));

    /// <summary>Elementwise remainder with the sign of the dividend. Shape: broadcast of both; dtype: promoted, not bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="NativeOpException">An integer is divided by 0.</exception>
    public static Tensor fmod(Tensor left, Tensor right) => FMod.Bind(left, right);

    internal static readonly Primitive<NoSettings> FMod = Binary.Of(
        "fmod", ElementRules.BinaryNotBool, Binary.Kernel((a, b) => a.fmod(b), (a, n) => a.fmod(n)), Binary.Call("torch.fmod"),
        (g, y, a, b) => g, (g, y, a, b) => -g * trunc(ElementRules.NotBool(a) / b));

    /// <summary>Elementwise floor(left / right). Shape: broadcast of both; dtype: promoted, not bool.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="NativeOpException">An integer is divided by 0.</exception>
    public static Tensor floor_divide(Tensor left, Tensor right) => FloorDivide.Bind(left, right);

    internal static readonly Primitive<NoSettings> FloorDivide = Binary.Of(
        "floor_divide", ElementRules.BinaryNotBool, Binary.Kernel((a, b) => a.floor_divide(b), (a, n) => a.floor_divide(n)),
        Binary.Call("torch.floor_divide"), Vjp.Zero("it is constant between its steps"));

    /// <summary>
    /// Elementwise x, but not below min and not above max. Shape: broadcast; dtype: promoted. At a limit the gradient
    /// goes to x, as in PyTorch.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="min">The lower limit; null for none.</param>
    /// <param name="max">The upper limit; null for none. It wins over the lower one.</param>
    /// <exception cref="ArgumentException">There is no limit.</exception>
    public static Tensor clamp(Tensor x, Tensor? min = null, Tensor? max = null)
    {
        if (min is null && max is null)
        {
            throw new ArgumentException("clamp: give min, max or both.");
        }

        if ((min is null || min.Number is { Kind: not ScalarKind.Bool }) && (max is null || max.Number is { Kind: not ScalarKind.Bool }))
        {
            return Clamp.Bind(new ClampSettings(min?.Number, max?.Number), x);
        }

        var raised = min is null ? x : NotBelow(x, min);
        return max is null ? raised : NotAbove(raised, max);
    }

    internal static readonly Primitive<ClampSettings> Clamp = Unary.Of<ClampSettings>(
        "clamp",
        x =>
        {
            TensorType[] types = [x[0], .. Limits(x.Settings).Select(TensorType.OfNumber)];
            return new TensorType(x[0].Shape, Promotion.ResultType(types), x[0].Device);
        },
        x => x[0].clamp(Held(x.Settings.Min), Held(x.Settings.Max)),
        x => $"torch.clamp({x[0]}, {Limit(x.Settings.Min)}, {Limit(x.Settings.Max)})",
        Vjp.Rule<ClampSettings>((g, y, x) =>
        {
            var above = x.Settings.Min is { } min ? x[0] >= Tensor.OfNumber(min) : null;
            var below = x.Settings.Max is { } max ? x[0] <= Tensor.OfNumber(max) : null;
            return [where(above is null ? below! : below is null ? above : logical_and(above, below), g, 0)];
        }));
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.remainder"/>
    public static Tensor operator %(Tensor left, Tensor right) => F.remainder(left, right);

    /// <inheritdoc cref="F.remainder"/>
    public Tensor remainder(Tensor right) => F.remainder(this, right);

    /// <inheritdoc cref="F.fmod"/>
    public Tensor fmod(Tensor right) => F.fmod(this, right);

    /// <inheritdoc cref="F.floor_divide"/>
    public Tensor floor_divide(Tensor right) => F.floor_divide(this, right);

    /// <inheritdoc cref="F.clamp"/>
    public Tensor clamp(Tensor? min = null, Tensor? max = null) => F.clamp(this, min, max);
}

/// <summary>The limits of a clamp.</summary>
file static class ClampLimits
{
    public static IEnumerable<Scalar> Limits(ClampSettings settings) => new[] { settings.Min, settings.Max }.OfType<Scalar>();

    public static TorchSharp.Scalar? Held(Scalar? limit) => limit?.ToTorch();

    public static string Limit(Scalar? limit) => limit is { } number ? Script.Number(number) : "None";

    // NaN of either side stays.
    public static Tensor NotBelow(Tensor x, Tensor limit) => where(logical_or(ge(x, limit), isnan(x)), x, limit);

    public static Tensor NotAbove(Tensor x, Tensor limit) => where(logical_or(le(x, limit), isnan(x)), x, limit);
}
