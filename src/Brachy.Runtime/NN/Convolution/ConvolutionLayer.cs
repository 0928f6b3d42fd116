namespace Brachy.NN;

/// <summary>What the layers that convolve share: the checks of their arguments and the first values of their params.</summary>
internal static class ConvolutionLayer
{
    /// <summary>Throws unless the arguments make sense, and names the one that does not.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A number is out of range, or a number of channels is not divided by groups.
    /// </exception>
    public static void Check(long inChannels, long outChannels, ReadOnlySpan<long> kernelSize, long groups, ConvolutionSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inChannels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outChannels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(groups);
        foreach (var size in kernelSize)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size, nameof(kernelSize));
        }

        Divides(inChannels, nameof(inChannels));
        Divides(outChannels, nameof(outChannels));
        settings.RequireNumbers();

        void Divides(long channels, string name)
        {
            if (channels % groups != 0)
            {
                throw new ArgumentOutOfRangeException(name, channels, $"The {groups} groups must divide the number of channels.");
            }
        }
    }

    /// <summary>The border of a layer: a number for each dim, or null for "same".</summary>
    /// <param name="padding">What the user gave.</param>
    /// <param name="layer">For messages.</param>
    /// <param name="stride">The layer's strides.</param>
    /// <exception cref="ArgumentException">There is no such padding, or it does not go with the stride.</exception>
    public static long[]? Border(ConvPadding? padding, string layer, params ReadOnlySpan<long> stride)
    {
        var numbers = (padding ?? 0).Numbers(stride.Length, layer);
        return numbers is not null || stride.IndexOfAnyExcept(1) < 0
            ? numbers
            : throw new ArgumentException(
                $"{layer}: padding \"same\" needs stride 1; strided windows do not keep the size.", nameof(padding));
    }

    /// <summary>Throws unless a layer has this kind of border.</summary>
    /// <exception cref="ArgumentException">There is no such border.</exception>
    public static string CheckMode(string paddingMode)
    {
        ArgumentNullException.ThrowIfNull(paddingMode);
        return paddingMode is "zeros" or "reflect" or "replicate" or "circular"
            ? paddingMode
            : throw new ArgumentException(
                $"paddingMode must be \"zeros\", \"reflect\", \"replicate\" or \"circular\", but is \"{paddingMode}\".",
                nameof(paddingMode));
    }

    /// <summary>
    /// Draws from U(-k, k) with k = 1/√(size of dim 1 of the weight · kernel size), as PyTorch does for the weight and for the bias.
    /// </summary>
    public static Tensor Draw(Shape shape, Shape weight, DType dtype)
    {
        var bound = 1 / Math.Sqrt(weight.Skip(1).Aggregate(1.0, (product, size) => product * size));
        return (Rng.Uniform(shape, dtype) * 2 - 1) * bound;
    }
}
