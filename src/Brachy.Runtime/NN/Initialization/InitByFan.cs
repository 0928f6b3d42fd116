namespace Brachy.NN;

// Initial values that keep the size of signals from layer to layer.
public static partial class Init
{
    /// <summary>Evenly spread over ±gain √(6 / (fan in + fan out)). Source: Glorot and Bengio, 2010.</summary>
    /// <param name="shape">The shape of the weight.</param>
    /// <param name="gain">A factor; see <see cref="CalculateGain"/>.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <exception cref="ShapeException">There are fewer than 2 dims, or a size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor XavierUniform(Shape shape, double gain = 1, RngKey? key = null, DType dtype = DType.Float32)
    {
        var bound = Math.Sqrt(3) * XavierDeviation(shape, gain);
        return Uniform(shape, -bound, bound, key, dtype);
    }

    /// <summary>Normal with standard deviation gain √(2 / (fan in + fan out)). Source: Glorot and Bengio, 2010.</summary>
    /// <inheritdoc cref="XavierUniform"/>
    public static Tensor XavierNormal(Shape shape, double gain = 1, RngKey? key = null, DType dtype = DType.Float32) =>
        Normal(shape, 0, XavierDeviation(shape, gain), key, dtype);

    /// <summary>Evenly spread over ±gain √(3 / fan). Source: He et al., arXiv:1502.01852.</summary>
    /// <param name="shape">The shape of the weight.</param>
    /// <param name="a">The slope below 0 of the rectifier that follows, for <see cref="Nonlinearity.LeakyReLU"/>.</param>
    /// <param name="mode">Which fan.</param>
    /// <param name="nonlinearity">What follows the layer.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <exception cref="ShapeException">There are fewer than 2 dims, or a size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor KaimingUniform(
        Shape shape, double a = 0, FanMode mode = FanMode.FanIn, Nonlinearity nonlinearity = Nonlinearity.LeakyReLU,
        RngKey? key = null, DType dtype = DType.Float32)
    {
        var bound = Math.Sqrt(3) * KaimingDeviation(shape, a, mode, nonlinearity);
        return Uniform(shape, -bound, bound, key, dtype);
    }

    /// <summary>Normal with standard deviation gain / √fan. Source: He et al., arXiv:1502.01852.</summary>
    /// <inheritdoc cref="KaimingUniform"/>
    public static Tensor KaimingNormal(
        Shape shape, double a = 0, FanMode mode = FanMode.FanIn, Nonlinearity nonlinearity = Nonlinearity.LeakyReLU,
        RngKey? key = null, DType dtype = DType.Float32) =>
        Normal(shape, 0, KaimingDeviation(shape, a, mode, nonlinearity), key, dtype);

    /// <summary>
    /// Orthonormal rows or columns, whichever are fewer, of the weight as a matrix [outputs, the rest]. Source: Saxe
    /// et al., arXiv:1312.6120.
    /// </summary>
    /// <param name="shape">The shape of the weight.</param>
    /// <param name="gain">A factor; see <see cref="CalculateGain"/>.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <exception cref="ShapeException">There are fewer than 2 dims, or a size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Orthogonal(Shape shape, double gain = 1, RngKey? key = null, DType dtype = DType.Float32)
    {
        _ = CalculateFans(shape);
        return shape.NumElements == 0
            ? F.zeros(shape, dtype)
            : F.reshape(Rng.Orthogonal(shape[0], shape.NumElements / shape[0], default, dtype, key) * gain, shape);
    }

    /// <summary>Normal numbers in a matrix, of which some of each column are 0. Source: Martens, 2010.</summary>
    /// <param name="shape">[outputs, inputs].</param>
    /// <param name="sparsity">The share of zeros in each column, rounded up; 0 to 1.</param>
    /// <param name="std">The standard deviation of the others.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <exception cref="ShapeException">The shape is not that of a matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The share does not lie in 0 to 1.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Sparse(Shape shape, double sparsity, double std = 0.01, RngKey? key = null, DType dtype = DType.Float32)
    {
        if (shape.Rank != 2 || shape.Any(size => size < 0))
        {
            throw new ShapeException($"Init.Sparse: {shape} must have 2 dims.");
        }

        if (sparsity is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(sparsity), sparsity, "Init.Sparse: the sparsity must lie in 0 to 1.");
        }

        var keys = Rng.Split(key ?? Rng.NextKey());
        var values = Normal(shape, 0, std, keys[0], dtype);
        if (shape.NumElements == 0)
        {
            return values;
        }

        var zeros = Math.Ceiling(sparsity * shape[0]);
        var columns = Enumerable.Range(0, (int)shape[1]).Select(i => F.ge(Rng.Permutation(shape[0], Rng.FoldIn(keys[1], i)), zeros));
        return F.where(F.stack([.. columns], 1), values, 0);
    }

    /// <summary>
    /// The number of inputs of each output and of outputs of each input: sizes 1 and 0 of the weight, times the size of its kernel.
    /// </summary>
    /// <param name="shape">The shape of the weight.</param>
    /// <exception cref="ShapeException">There are fewer than 2 dims, or a size is negative.</exception>
    public static (long FanIn, long FanOut) CalculateFans(Shape shape)
    {
        if (shape.Rank < 2 || shape.Any(size => size < 0))
        {
            throw new ShapeException(
                $"Init: {shape} must be the shape of a weight, [outputs, inputs, kernel...], to count inputs and outputs.");
        }

        _ = shape.NumElements;
        var kernel = Shape.Create(shape.AsSpan()[2..]).NumElements;
        return (shape[1] * kernel, shape[0] * kernel);
    }

    /// <summary>How much initial weights are scaled up for what follows the layer.</summary>
    /// <param name="nonlinearity">What follows the layer.</param>
    /// <param name="param">The slope below 0 of <see cref="Nonlinearity.LeakyReLU"/>; 0.01 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such nonlinearity.</exception>
    public static double CalculateGain(Nonlinearity nonlinearity, double? param = null) => nonlinearity switch
    {
        Nonlinearity.Linear or Nonlinearity.Sigmoid => 1,
        Nonlinearity.Tanh => 5.0 / 3,
        Nonlinearity.ReLU => Math.Sqrt(2),
        Nonlinearity.LeakyReLU => Math.Sqrt(2 / (1 + Math.Pow(param ?? 0.01, 2))),
        Nonlinearity.SELU => 0.75,
        _ => throw new ArgumentOutOfRangeException(nameof(nonlinearity), nonlinearity, "There is no such nonlinearity."),
    };

    private static double XavierDeviation(Shape shape, double gain)
    {
        var (fanIn, fanOut) = CalculateFans(shape);
        return shape.NumElements == 0 ? 0 : gain * Math.Sqrt(2.0 / (fanIn + fanOut));
    }

    private static double KaimingDeviation(Shape shape, double a, FanMode mode, Nonlinearity nonlinearity)
    {
        var (fanIn, fanOut) = CalculateFans(shape);
        var fan = mode switch
        {
            FanMode.FanIn => fanIn,
            FanMode.FanOut => fanOut,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such fan."),
        };
        return shape.NumElements == 0 ? 0 : CalculateGain(nonlinearity, a) / Math.Sqrt(fan);
    }
}
