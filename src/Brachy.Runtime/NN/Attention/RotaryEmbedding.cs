namespace Brachy.NN;

/// <summary>
/// Rotary position embedding: turns pairs of elements of queries and keys by angles that grow with the position, so that their product
/// depends on the distance of two positions alone. It has no params.
/// Source: Su, Lu, Pan, Murtadha, Wen, Liu, "RoFormer: enhanced transformer with rotary position embedding", 2021, arXiv 2104.09864.
/// </summary>
[Module]
public partial class RotaryEmbedding
{
    /// <summary>The angle that each pair is turned by from one position to the next, in radians.</summary>
    [Static]
    public partial IReadOnlyList<double> Frequencies { get; set; }

    /// <summary>
    /// Whether neighbours are pairs, elements 2i and 2i + 1, as in RoFormer and GPT-J; otherwise elements i and i + dim/2 are, as in
    /// GPT-NeoX and Llama. Weights made for one are wrong for the other.
    /// </summary>
    [Static]
    public partial bool Interleaved { get; set; }

    /// <summary>A rotation by theta^(-2i/dim) for pair i.</summary>
    /// <param name="dim">
    /// How many elements are turned, an even number: the size of a head, or less, and then the first ones are turned and the others stay.
    /// </param>
    /// <param name="theta">The base of the angles: 10,000 in RoFormer and Llama 2, 500,000 in Llama 3.</param>
    /// <param name="interleaved">Whether neighbours are pairs; see <see cref="Interleaved"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive, or <paramref name="dim"/> is odd.</exception>
    public RotaryEmbedding(long dim, double theta = 10_000, bool interleaved = false)
        : this(FrequenciesOf(dim, theta), interleaved)
    {
    }

    /// <summary>A rotation by given angles, such as those that models for longer texts have scaled.</summary>
    /// <param name="frequencies">The angle from one position to the next, for each pair.</param>
    /// <param name="interleaved">Whether neighbours are pairs; see <see cref="Interleaved"/>.</param>
    /// <exception cref="ArgumentException">There is no angle, or one is not finite.</exception>
    public RotaryEmbedding(IReadOnlyList<double> frequencies, bool interleaved = false)
    {
        ArgumentNullException.ThrowIfNull(frequencies);
        if (frequencies.Count == 0 || !frequencies.All(double.IsFinite))
        {
            throw new ArgumentException("There must be an angle for each pair, and all must be finite.", nameof(frequencies));
        }

        (Frequencies, Interleaved) = ([.. frequencies], interleaved);
    }

    /// <summary>Turns queries or keys.</summary>
    /// <param name="x">
    /// [..., T, D], floating-point, such as [batch, heads, positions, size of a head]. D is at least twice the number of angles.
    /// </param>
    /// <param name="positions">
    /// Where the T rows stand, integers: [T]; [batch, T] where x has a batch in front; or without dims the place of the first row, which
    /// the others follow. Null for 0, 1, 2, …
    /// </param>
    /// <returns>
    /// In shape and element type of <paramref name="x"/>. Angles are computed in float64, and half precision turned in float32.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException"><paramref name="x"/> is not floating-point, or positions are no integers.</exception>
    public Tensor Forward(Tensor x, Tensor? positions = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var pairs = Frequencies.Count;
        if (x.ndim < 2 || x.shape[^1] < 2 * pairs)
        {
            throw new ShapeException($"RotaryEmbedding: the input is {x.Type}, but must be [..., positions, at least {2 * pairs}].");
        }

        if (!x.dtype.IsFloatingPoint())
        {
            throw new DTypeException($"RotaryEmbedding: the input is {x.Type}, but must be floating-point.");
        }

        var frequencies = Tensor.FromArray(Frequencies.ToArray(), [pairs]).to(x.device);
        var angles = F.unsqueeze(Placed(positions, x).to(DType.Float64), -1) * frequencies;
        var dtype = x.dtype is DType.Float64 ? DType.Float64 : DType.Float32;
        var (cos, sin) = (F.cos(angles).to(dtype), F.sin(angles).to(dtype));
        var turning = F.narrow(x, -1, 0, 2 * pairs).to(dtype);
        var (a, b) = Interleaved
            ? (F.select(F.unflatten(turning, -1, pairs, 2), -1, 0), F.select(F.unflatten(turning, -1, pairs, 2), -1, 1))
            : (F.narrow(turning, -1, 0, pairs), F.narrow(turning, -1, pairs, pairs));
        Tensor[] turned = [(a * cos) - (b * sin), (b * cos) + (a * sin)];
        var y = (Interleaved ? F.flatten(F.stack(turned, -1), -2, -1) : F.cat(turned, -1)).to(x.dtype);
        return x.shape[^1] == 2 * pairs ? y : F.cat([y, F.narrow(x, -1, 2 * pairs, x.shape[^1] - (2 * pairs))], -1);
    }

    /// <summary>The places of the rows, in a shape that broadcasts to [..., T].</summary>
    private static Tensor Placed(Tensor? positions, Tensor x)
    {
        var count = x.shape[^2];
        if (positions is null)
        {
            return F.arange(count, device: x.device);
        }

        if (positions.dtype is not (DType.Int64 or DType.Int32))
        {
            throw new DTypeException($"RotaryEmbedding: positions is {positions.Type}, but positions are integers, int64 or int32.");
        }

        if (positions.ndim == 0)
        {
            return positions + F.arange(count, device: x.device);
        }

        if (positions.ndim == 2 && x.ndim > 2 && positions.shape == Shape.Create([x.shape[0], count]))
        {
            return F.reshape(positions, [x.shape[0], .. Enumerable.Repeat(1L, x.ndim - 3), count]);
        }

        return positions.ndim == 1 && positions.shape[0] == count ? positions : throw new ShapeException(
            $"RotaryEmbedding: positions is {positions.Type}, but must be [{count}]{(x.ndim > 2 ? $", [{x.shape[0]}, {count}]" : "")} or "
            + $"without dims for the input {x.Type}, whose rows are along the dim before the last.");
    }

    private static double[] FrequenciesOf(long dim, double theta)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dim);
        if (dim % 2 != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(dim), dim, "Pairs are turned: the number must be even.");
        }

        if (!(theta > 0 && double.IsFinite(theta)))
        {
            throw new ArgumentOutOfRangeException(nameof(theta), theta, "The base of the angles must be positive and finite.");
        }

        return [.. Enumerable.Range(0, checked((int)(dim / 2))).Select(i => Math.Pow(theta, -2.0 * i / dim))];
    }
}
