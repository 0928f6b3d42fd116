using static Brachy.F;

namespace Brachy;

/// <summary>Convolutions with every kind of padding.</summary>
internal static class PaddedConvolution
{
    public static Tensor Convolve(ConvolutionSettings settings, Tensor input, Tensor weight, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.ndim == settings.Dims + 1
            ? squeeze(ConvolutionRules.convolution(settings, unsqueeze(input, 0), weight, bias), 0)
            : ConvolutionRules.convolution(settings, input, weight, bias);
    }

    public static Tensor ConvolvePadded(ConvPadding padding, ConvolutionSettings settings, Tensor input, Tensor weight, Tensor? bias)
    {
        if (padding.Numbers(settings.Dims, settings.Name) is { } numbers)
        {
            return Convolve(settings with { Padding = numbers }, input, weight, bias);
        }

        ArgumentNullException.ThrowIfNull(weight);
        settings.RequireNumbers();
        if (weight.ndim != settings.Dims + 2)
        {
            return Convolve(settings, input, weight, bias);
        }

        if (settings.Stride.Any(s => s != 1))
        {
            throw new ArgumentException(
                $"{settings.Name}: padding \"same\" needs stride 1; strided windows do not keep the size. Give the padding in numbers.",
                nameof(padding));
        }

        var border = SamePadding(weight.shape.AsSpan()[2..], settings.Dilation.AsSpan());
        var before = Enumerable.Range(0, settings.Dims).Select(i => border[2 * (settings.Dims - 1 - i)]).ToArray();
        var odd = border.Select((n, i) => i % 2 == 0 ? 0 : n - border[i - 1]).ToArray();
        return Convolve(settings with { Padding = before }, Array.TrueForAll(odd, n => n == 0) ? input : pad(input, odd), weight, bias);
    }

    /// <summary>The border that keeps the size of an input, as a list for <see cref="F.pad(Tensor, PadWidths, double)"/>.</summary>
    public static long[] SamePadding(ReadOnlySpan<long> kernel, ReadOnlySpan<long> dilation)
    {
        var border = new long[2 * kernel.Length];
        for (var i = 0; i < kernel.Length; i++)
        {
            var total = (kernel[i] - 1) * dilation[i];
            var at = 2 * (kernel.Length - 1 - i);
            (border[at], border[at + 1]) = (total / 2, total - (total / 2));
        }

        return border;
    }
}
