namespace Brachy.NN;

/// <summary>Which fan keeps the size of signals: that of the inputs in the forward pass, or of the outputs in the backward pass.</summary>
public enum FanMode
{
    /// <summary>The number of inputs of an output.</summary>
    FanIn,

    /// <summary>The number of outputs of an input.</summary>
    FanOut,
}

/// <summary>What follows a layer, for the gain of its initial weights.</summary>
public enum Nonlinearity
{
    /// <summary>Nothing, or a convolution or another linear layer.</summary>
    Linear,

    /// <summary>A sigmoid.</summary>
    Sigmoid,

    /// <summary>A hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    ReLU,

    /// <summary>A rectifier with a slope below 0.</summary>
    LeakyReLU,

    /// <summary>A scaled exponential linear unit.</summary>
    SELU,
}

/// <summary>
/// Initial values of params: functions of a shape, with the formulas of torch.nn.init. A weight has the shape [outputs, inputs, ...],
/// where further dims are those of a kernel. Random ones draw from the ambient <see cref="RngScope"/> when no key is given.
/// Source: pytorch.org/docs/stable/nn.init.html.
/// </summary>
public static partial class Init
{
    /// <summary>Numbers spread evenly over a range.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="low">The lower limit.</param>
    /// <param name="high">The upper limit.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Uniform(Shape shape, double low = 0, double high = 1, RngKey? key = null, DType dtype = DType.Float32) =>
        Rng.Uniform(low, high, shape, dtype, key);

    /// <summary>Normally distributed numbers.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="std">The standard deviation.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor Normal(Shape shape, double mean = 0, double std = 1, RngKey? key = null, DType dtype = DType.Float32) =>
        Rng.Normal(mean, std, shape, dtype, key);

    /// <summary>Normally distributed numbers between two limits.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="mean">The mean of the distribution without limits.</param>
    /// <param name="std">Its standard deviation; positive.</param>
    /// <param name="a">The lower limit.</param>
    /// <param name="b">The upper limit.</param>
    /// <param name="key">The key to use up; <see cref="Rng.NextKey"/> by default.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <exception cref="ArgumentException">The limits are in the wrong order, or the deviation is not positive.</exception>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor TruncNormal(
        Shape shape, double mean = 0, double std = 1, double a = -2, double b = 2, RngKey? key = null, DType dtype = DType.Float32)
    {
        if (!(a <= b && std > 0))
        {
            throw new ArgumentException($"Init.TruncNormal: a {a} must not be above b {b}, and std {std} must be positive.");
        }

        var standard = Rng.TruncatedNormal((a - mean) / std, (b - mean) / std, shape, dtype == DType.Float64 ? dtype : DType.Float32, key);
        return F.clamp((standard * std) + mean, a, b).to(dtype);
    }

    /// <summary>One value everywhere.</summary>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="value">The value.</param>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public static Tensor Constant(Shape shape, double value, DType dtype = DType.Float32) => F.full(shape, value, dtype);

    /// <summary>Ones.</summary>
    /// <inheritdoc cref="Constant" path="/param[@name='shape' or @name='dtype']|/exception"/>
    public static Tensor Ones(Shape shape, DType dtype = DType.Float32) => F.ones(shape, dtype);

    /// <summary>Zeros.</summary>
    /// <inheritdoc cref="Constant" path="/param[@name='shape' or @name='dtype']|/exception"/>
    public static Tensor Zeros(Shape shape, DType dtype = DType.Float32) => F.zeros(shape, dtype);

    /// <summary>The identity matrix: as many inputs as possible pass a linear layer.</summary>
    /// <inheritdoc cref="Constant" path="/param[@name='shape' or @name='dtype']"/>
    /// <exception cref="ShapeException">The shape is not that of a matrix.</exception>
    public static Tensor Eye(Shape shape, DType dtype = DType.Float32) => shape.Rank == 2
        ? F.eye(shape[0], shape[1], dtype)
        : throw new ShapeException($"Init.Eye: {shape} must have 2 dims.");

    /// <summary>The identity of convolutions: as many channels as possible pass one.</summary>
    /// <param name="shape">[outputs, inputs / groups, kernel...] with one to three kernel dims.</param>
    /// <param name="groups">The groups of the convolution; each passes its own channels.</param>
    /// <param name="dtype">The element type.</param>
    /// <exception cref="ShapeException">The shape is not that of a convolution's weight.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The outputs are not divisible by the groups.</exception>
    public static Tensor Dirac(Shape shape, long groups = 1, DType dtype = DType.Float32)
    {
        if (shape.Rank is not (3 or 4 or 5))
        {
            throw new ShapeException($"Init.Dirac: {shape} must be [outputs, inputs, kernel...] with one to three kernel dims.");
        }

        if (groups <= 0 || shape[0] % groups != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(groups), groups, $"Init.Dirac: the {shape[0]} outputs of {shape} must be divisible by the groups.");
        }

        if (shape.NumElements == 0)
        {
            return F.zeros(shape, dtype);
        }

        // In each group output i passes input i, at the middle of the kernel.
        var perGroup = shape[0] / groups;
        Tensor result = F.reshape(
            F.cat([.. Enumerable.Repeat(F.eye(perGroup, shape[1], dtype), (int)groups)]),
            [shape[0], shape[1], .. Enumerable.Repeat(1L, shape.Rank - 2)]);
        for (var dim = 2; dim < shape.Rank; dim++)
        {
            var sizes = new long[shape.Rank];
            Array.Fill(sizes, 1);
            sizes[dim] = shape[dim];
            result *= F.reshape(F.eq(F.arange(shape[dim]), shape[dim] / 2), sizes).to(dtype);
        }

        return result;
    }
}
