namespace Brachy.IO;

/// <summary>
/// Linear layers with weights of 8 bits, as PyTorch's dynamic quantization. These weights take about a quarter of the bytes, and products
/// are made of small integers, which is faster where the processor multiplies bytes, and where reading weights takes the time.
/// </summary>
/// <remarks>
/// A weight is an integer from -127 to 127 times a scale of its output: the largest absolute value of the output's weights, over 127. The
/// rows that such a layer is given become integers from 0 to 255 when they are there, each by its own least and greatest value (and 0), so
/// that what a row gives does not depend on other rows. Sums are exact; results are the same on every processor, but for what else is in
/// the model. A row with NaN or an infinity gives NaN. Layers are <c>linear</c>, and <c>matmul</c> with a matrix of weights on the right,
/// in float32, with 65,536 inputs at most; others, and those whose weights are not finite, stay as they are.
/// </remarks>
public sealed record DynamicQuantization
{
    private readonly Func<string, Shape, bool> _layers = (_, _) => true;

    /// <summary>
    /// Chooses layers, given the name of the weight (its path in the tree, such as <c>"encoder.0.weight"</c>; empty for what is computed
    /// of several) and its shape, <c>[out, in]</c>; by default all. The last layer of a small model is often left out.
    /// </summary>
    /// <exception cref="ArgumentNullException">It is null.</exception>
    public Func<string, Shape, bool> Layers
    {
        get => _layers;
        init => _layers = value ?? throw new ArgumentNullException(nameof(Layers));
    }

    /// <summary>Is told each layer that has been quantized, in order; null for nothing.</summary>
    public Action<QuantizedLayer>? Report { get; init; }
}

/// <summary>A layer whose weights have become integers.</summary>
/// <param name="Name">The name of the weight: its path in the tree; empty for what is computed of several.</param>
/// <param name="Shape">The shape of the weight, <c>[out, in]</c>.</param>
/// <param name="RelativeError">
/// The root of the mean square of what rounding has changed, over that of the weights; about 0.005 to 0.01 for weights from a normal
/// distribution.
/// </param>
public sealed record QuantizedLayer(string Name, Shape Shape, double RelativeError);
