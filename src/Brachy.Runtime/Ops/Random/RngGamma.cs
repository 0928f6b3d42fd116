namespace Brachy;

// Distributions made of gamma distributed numbers. They are computed in float64, because small ones underflow.
public static partial class Rng
{
    /// <summary>
    /// Numbers with gamma distributions of scale 1; not a number where alpha is not positive and finite. Alpha has no gradient.
    /// </summary>
    /// <param name="alpha">The shape parameters, which are the means.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Gamma(Tensor alpha, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        _ = Computing("Rng.Gamma", dtype);
        return GammaDoubles(alpha, ShapeOf("Rng.Gamma", shape, alpha), key).to(dtype);
    }

    /// <summary>
    /// Numbers between 0 and 1 with beta distributions: X / (X + Y) of gamma distributed X and Y. The parameters have no gradient.
    /// </summary>
    /// <param name="a">The shape parameters of X; positive.</param>
    /// <param name="b">The shape parameters of Y; positive.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Beta(Tensor a, Tensor b, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        _ = Computing("Rng.Beta", dtype);
        var sizes = ShapeOf("Rng.Beta", shape, a, b);
        var keys = Split(key ?? NextKey());
        var x = GammaDoubles(a, sizes, keys[0]);
        return (x / (x + GammaDoubles(b, sizes, keys[1]))).to(dtype);
    }

    /// <summary>Vectors of positive numbers that sum to 1, with Dirichlet distributions. Alpha has no gradient.</summary>
    /// <param name="alpha">The concentrations, positive, along the last dim.</param>
    /// <param name="shape">The shape of the batch, without the last dim; that of alpha by default.</param>
    /// <param name="dtype">A floating-point type; float32 by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">Alpha has no dims, or does not broadcast to the shape.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Dirichlet(Tensor alpha, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        _ = Computing("Rng.Dirichlet", dtype);
        ArgumentNullException.ThrowIfNull(alpha);
        if (alpha.ndim == 0)
        {
            throw new ShapeException($"Rng.Dirichlet: alpha {alpha.Type} must have a dim, with a concentration for each component.");
        }

        Shape? full = shape is { } batch ? [.. batch, alpha.shape[alpha.ndim - 1]] : null;
        var x = GammaDoubles(alpha, ShapeOf("Rng.Dirichlet", full, alpha), key);
        return (x / F.sum(x, -1, keepdim: true)).to(dtype);
    }

    /// <summary>Sums of the squares of df normal numbers. The degrees have no gradient.</summary>
    /// <param name="df">The degrees of freedom; positive.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor ChiSquare(Tensor df, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        _ = Computing("Rng.ChiSquare", dtype);
        var sizes = ShapeOf("Rng.ChiSquare", shape, df);
        return (GammaDoubles(Spread(df, df.shape, DType.Float64) * 0.5, sizes, key) * 2).to(dtype);
    }

    /// <summary>Numbers with Student's t distributions. The degrees have no gradient.</summary>
    /// <param name="df">The degrees of freedom; positive.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor StudentT(Tensor df, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        _ = Computing("Rng.StudentT", dtype);
        var sizes = ShapeOf("Rng.StudentT", shape, df);
        var keys = Split(key ?? NextKey());
        var half = Spread(df, df.shape, DType.Float64) * 0.5;
        return (Normal(sizes, DType.Float64, keys[0]) * F.sqrt(half / GammaDoubles(half, sizes, keys[1]))).to(dtype);
    }

    private static Tensor GammaDoubles(Tensor alpha, Shape shape, RngKey? key)
    {
        // The kernel would look for ever for a number that suits one that is no shape parameter.
        var given = Spread(alpha, shape, DType.Float64);
        var isValid = F.logical_and(given > 0, given < double.PositiveInfinity);
        return F.where(isValid, F.gamma_sample(Use(key), F.where(isValid, given, 1.0)), double.NaN);
    }
}
