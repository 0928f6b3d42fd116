namespace Brachy;

// Special functions.
public static partial class F
{
    /// <summary>Elementwise inverse of <see cref="erf"/>; NaN outside [-1, 1]. Shape and dtype: as x (integers become float32).</summary>
    public static Tensor erfinv(Tensor x) => Erfinv.Bind(x);

    internal static readonly Primitive Erfinv = new("erfinv")
    {
        Abstract = Shapes.FloatUnary,
        Eager = x => x[0].erfinv(),
        Script = x => $"torch.erfinv({x[0]})",
        Vjp = Vjp.Rule((g, y, x) => [g * exp(square(y)) * (Math.Sqrt(Math.PI) / 2)]),
    };
}
