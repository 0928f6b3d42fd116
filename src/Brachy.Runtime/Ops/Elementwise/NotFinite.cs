using Brachy.Extending;

namespace Brachy;

/// <summary>What takes the place of NaN and the infinities; null for the largest numbers.</summary>
internal sealed record NanToNumSettings(double Nan, double? PosInf, double? NegInf) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("nan", Nan), ("posinf", PosInf), ("neginf", NegInf)];
}

// NaN and the infinities.
public static partial class F
{
    /// <summary>Elementwise: whether x is infinite, of either sign. Shape: as x; dtype bool.</summary>
    public static Tensor isinf(Tensor x) => Isinf.Bind(x);

    internal static readonly Primitive<NoSettings> Isinf = Unary.Test("isinf", x => x.isinf(), "torch.isinf");

    /// <summary>Elementwise: whether x is positive infinity. Shape: as x; dtype bool.</summary>
    public static Tensor isposinf(Tensor x) => eq(x, double.PositiveInfinity);

    /// <summary>Elementwise: whether x is negative infinity. Shape: as x; dtype bool.</summary>
    public static Tensor isneginf(Tensor x) => eq(x, double.NegativeInfinity);

    /// <summary>x with numbers in place of NaN and infinities; no gradient flows there. Shape and dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="nan">Stands in for NaN.</param>
    /// <param name="posinf">Stands in for infinity; null for the largest number of x's element type.</param>
    /// <param name="neginf">Stands in for negative infinity; null for the smallest number of x's element type.</param>
    public static Tensor nan_to_num(Tensor x, double nan = 0, double? posinf = null, double? neginf = null) =>
        NanToNum.Bind(new NanToNumSettings(nan, posinf, neginf), x);

    internal static readonly Primitive<NanToNumSettings> NanToNum = Unary.Of<NanToNumSettings>(
        "nan_to_num", Shapes.Unary, x => x[0].nan_to_num(x.Settings.Nan, x.Settings.PosInf, x.Settings.NegInf),
        x =>
        {
            static string Limit(double? value) => value is { } given ? Script.Real(given) : "None";
            return $"torch.nan_to_num({x[0]}, {Limit(x.Settings.Nan)}, {Limit(x.Settings.PosInf)}, {Limit(x.Settings.NegInf)})";
        },
        Vjp.Rule((g, y, x) => [where(isfinite(x[0]), g, 0)]));

    /// <summary>Elementwise: whether x is not a number. Shape: as x; dtype bool.</summary>
    public static Tensor isnan(Tensor x) => Isnan.Bind(x);

    internal static readonly Primitive<NoSettings> Isnan = Unary.Test("isnan", x => x.isnan(), "torch.isnan");

    /// <summary>Elementwise: whether x is neither infinite nor NaN. Shape: as x; dtype bool.</summary>
    public static Tensor isfinite(Tensor x) => Isfinite.Bind(x);

    internal static readonly Primitive<NoSettings> Isfinite = Unary.Test("isfinite", x => x.isfinite(), "torch.isfinite");
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.isinf"/>
    public Tensor isinf() => F.isinf(this);

    /// <inheritdoc cref="F.isposinf"/>
    public Tensor isposinf() => F.isposinf(this);

    /// <inheritdoc cref="F.isneginf"/>
    public Tensor isneginf() => F.isneginf(this);

    /// <inheritdoc cref="F.nan_to_num"/>
    public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) => F.nan_to_num(this, nan, posinf, neginf);

    /// <inheritdoc cref="F.isnan"/>
    public Tensor isnan() => F.isnan(this);

    /// <inheritdoc cref="F.isfinite"/>
    public Tensor isfinite() => F.isfinite(this);
}
