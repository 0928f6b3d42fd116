namespace Brachy;

// Real distributions made of uniform and normal numbers. Parameters have gradients.
public static partial class Rng
{
    /// <summary>Numbers spread evenly from one number up to another.</summary>
    /// <param name="low">The lower limits.</param>
    /// <param name="high">The upper limits.</param>
    /// <param name="shape">The shape of the result; that of the parameters by default.</param>
    /// <param name="dtype">A floating-point type; float32 by default.</param>
    /// <param name="key">The key to use up; <see cref="NextKey"/> by default.</param>
    /// <exception cref="ShapeException">A size is negative, or the parameters do not broadcast to the shape.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Uniform(Tensor low, Tensor high, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        var (sizes, type) = (ShapeOf("Rng.Uniform", shape, low, high), Computing("Rng.Uniform", dtype));
        var width = low.Number is { } l && high.Number is { } h ? h.ToDouble() - l.ToDouble() : In(type, high) - In(type, low);
        var x = ((Uniform(sizes, type, key) * width) + In(type, low)).to(dtype);

        // Rounding may lead to the upper bound, which does not belong to the range.
        var lowest = low.Number is null ? low.to(dtype) : low;
        return F.where((x >= high) & (lowest < high), lowest, x).to(dtype);
    }

    /// <summary>Numbers with normal distributions.</summary>
    /// <param name="mean">The means.</param>
    /// <param name="std">The standard deviations.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Normal(Tensor mean, Tensor std, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        var (sizes, type) = (ShapeOf("Rng.Normal", shape, mean, std), Computing("Rng.Normal", dtype));
        return ((Normal(sizes, type, key) * In(type, std)) + In(type, mean)).to(dtype);
    }

    /// <summary>Numbers with the standard normal distribution between two limits.</summary>
    /// <param name="lower">The lower limits. Above 8, where float64 knows no normal numbers, the result is the limit.</param>
    /// <param name="upper">The upper limits; likewise below -8.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor TruncatedNormal(Tensor lower, Tensor upper, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        _ = Computing("Rng.TruncatedNormal", dtype);
        var sizes = ShapeOf("Rng.TruncatedNormal", shape, lower, upper);
        var (a, b) = (Spread(lower, lower.shape, DType.Float64), Spread(upper, upper.shape, DType.Float64));
        var (from, to) = (F.erf(a * Math.Sqrt(0.5)), F.erf(b * Math.Sqrt(0.5)));
        var x = F.erfinv((OpenUniform(sizes, DType.Float64, key) * (to - from)) + from) * Math.Sqrt(2);

        // Rounding may step over a limit, and far out the error function is flat.
        return F.minimum(F.maximum(F.clamp(x, -8.3, 8.3), a), b).to(dtype);
    }

    /// <summary>Numbers with the exponential distribution of mean 1.</summary>
    /// <inheritdoc cref="Uniform(Shape, DType, RngKey?)"/>
    public static Tensor Exponential(Shape shape, DType dtype = DType.Float32, RngKey? key = null) =>
        (-F.log1p(-Uniform(shape, Computing("Rng.Exponential", dtype), key))).to(dtype);

    /// <summary>Numbers with the Laplace distribution of mean 0 and scale 1.</summary>
    /// <inheritdoc cref="Uniform(Shape, DType, RngKey?)"/>
    public static Tensor Laplace(Shape shape, DType dtype = DType.Float32, RngKey? key = null)
    {
        var u = (OpenUniform(shape, Computing("Rng.Laplace", dtype), key) * 2) - 1;
        return (-F.sign(u) * F.log1p(-F.abs(u))).to(dtype);
    }

    /// <summary>Numbers with the Gumbel distribution of location 0 and scale 1.</summary>
    /// <inheritdoc cref="Uniform(Shape, DType, RngKey?)"/>
    public static Tensor Gumbel(Shape shape, DType dtype = DType.Float32, RngKey? key = null) =>
        (-F.log(-F.log(OpenUniform(shape, Computing("Rng.Gumbel", dtype), key)))).to(dtype);

    /// <summary>Numbers with the logistic distribution of mean 0 and scale 1.</summary>
    /// <inheritdoc cref="Uniform(Shape, DType, RngKey?)"/>
    public static Tensor Logistic(Shape shape, DType dtype = DType.Float32, RngKey? key = null)
    {
        var u = OpenUniform(shape, Computing("Rng.Logistic", dtype), key);
        return (F.log(u) - F.log1p(-u)).to(dtype);
    }

    /// <summary>Numbers with the Cauchy distribution of median 0 and scale 1.</summary>
    /// <inheritdoc cref="Uniform(Shape, DType, RngKey?)"/>
    public static Tensor Cauchy(Shape shape, DType dtype = DType.Float32, RngKey? key = null) =>
        F.tan((OpenUniform(shape, Computing("Rng.Cauchy", dtype), key) - 0.5) * Math.PI).to(dtype);

    /// <summary>Numbers whose logarithms have the normal distribution of mean 0.</summary>
    /// <param name="sigma">The standard deviations of the logarithms.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor LogNormal(Tensor sigma, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        var (sizes, type) = (ShapeOf("Rng.LogNormal", shape, sigma), Computing("Rng.LogNormal", dtype));
        return F.exp(Normal(sizes, type, key) * In(type, sigma)).to(dtype);
    }

    /// <summary>Numbers with the Pareto distribution of scale 1: at least 1, above x with probability x^-b.</summary>
    /// <param name="b">How fast the tail falls.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Pareto(Tensor b, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        var (sizes, type) = (ShapeOf("Rng.Pareto", shape, b), Computing("Rng.Pareto", dtype));
        return F.exp(Exponential(sizes, type, key) / In(type, b)).to(dtype);
    }

    /// <summary>Numbers with Rayleigh distributions: lengths of pairs of normal numbers.</summary>
    /// <param name="scale">The standard deviations of the normal numbers.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Rayleigh(Tensor scale, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        var (sizes, type) = (ShapeOf("Rng.Rayleigh", shape, scale), Computing("Rng.Rayleigh", dtype));
        return (F.sqrt(Exponential(sizes, type, key) * 2) * In(type, scale)).to(dtype);
    }

    /// <summary>Numbers with Weibull distributions: above x with probability e^-(x/scale)^concentration.</summary>
    /// <param name="scale">The scales.</param>
    /// <param name="concentration">The exponents.</param>
    /// <inheritdoc cref="Uniform(Tensor, Tensor, Shape?, DType, RngKey?)"/>
    /// <param name="shape"/><param name="dtype"/><param name="key"/>
    public static Tensor Weibull(Tensor scale, Tensor concentration, Shape? shape = null, DType dtype = DType.Float32, RngKey? key = null)
    {
        var (sizes, type) = (ShapeOf("Rng.Weibull", shape, scale, concentration), Computing("Rng.Weibull", dtype));
        return (F.pow(Exponential(sizes, type, key), 1 / Spread(concentration, concentration.shape, type)) * In(type, scale)).to(dtype);
    }
}
