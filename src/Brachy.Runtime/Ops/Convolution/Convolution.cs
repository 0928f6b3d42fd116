namespace Brachy;

// Convolutions, or to be exact cross-correlations, as in PyTorch. Source: pytorch.org/docs/stable/nn.functional.html#convolution-functions.
public static partial class F
{
    /// <summary>Convolution over one dim: each output channel is the sum of the input channels' products with a sliding kernel.</summary>
    /// <param name="input">[N, C, L], or [C, L] without a batch. A floating-point type.</param>
    /// <param name="weight">The kernels, [out, C / groups, k], in the type of the input.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="stride">The distance between two windows.</param>
    /// <param name="padding">
    /// Zeros before and after the input, or <c>"same"</c> for as many as give a result of the input's size, which
    /// needs stride 1; 0 by default.
    /// </param>
    /// <param name="dilation">The distance between two elements of a window.</param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <returns>
    /// [N, out, (L + 2 padding - dilation (k - 1) - 1) / stride + 1], rounded down; without N for an input without a batch.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or the kernel is larger than the padded input.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The padding is another word, has another number of dims, or is "same" with a stride.</exception>
    public static Tensor conv1d(
        Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, ConvPadding? padding = null, long dilation = 1,
        long groups = 1) =>
        PaddedConvolution.ConvolvePadded(padding ?? 0, new([stride], [0], [dilation], false, [0], groups), input, weight, bias);


    /// <summary>Convolution over two dims: each output channel is the sum of the input channels' products with a sliding kernel.</summary>
    /// <param name="input">[N, C, H, W], or [C, H, W] without a batch. A floating-point type.</param>
    /// <param name="weight">The kernels, [out, C / groups, kh, kw], in the type of the input.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="stride">The distance between two windows; 1 by default.</param>
    /// <param name="padding">
    /// Zeros on either side of the input, or <c>"same"</c> for as many as give a result of the input's size, which
    /// needs stride 1; 0 by default.
    /// </param>
    /// <param name="dilation">The distance between two elements of a window; 1 by default.</param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <returns>
    /// [N, out, h, w] with h = (H + 2 padding - dilation (kh - 1) - 1) / stride + 1, rounded down; without N for an input without a batch.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or the kernel is larger than the padded input.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The padding is another word, has another number of dims, or is "same" with a stride.</exception>
    public static Tensor conv2d(
        Tensor input, Tensor weight, Tensor? bias = null, Size2d? stride = null, ConvPadding? padding = null, Size2d? dilation = null,
        long groups = 1) =>
        PaddedConvolution.ConvolvePadded(
            padding ?? 0, new((stride ?? 1).ToArray(), [0, 0], (dilation ?? 1).ToArray(), false, [0, 0], groups), input, weight, bias);


    /// <summary>
    /// Convolution over three dims: each output channel is the sum of the input channels' products with a sliding kernel.
    /// </summary>
    /// <param name="input">[N, C, D, H, W], or [C, D, H, W] without a batch. A floating-point type.</param>
    /// <param name="weight">The kernels, [out, C / groups, kd, kh, kw], in the type of the input.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="stride">The distance between two windows; 1 by default.</param>
    /// <param name="padding">
    /// Zeros on either side of the input, or <c>"same"</c> for as many as give a result of the input's size, which
    /// needs stride 1; 0 by default.
    /// </param>
    /// <param name="dilation">The distance between two elements of a window; 1 by default.</param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <returns>
    /// [N, out, d, h, w] with d = (D + 2 padding - dilation (kd - 1) - 1) / stride + 1, rounded down; without N for
    /// an input without a batch.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or the kernel is larger than the padded input.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    /// <exception cref="ArgumentException">The padding is another word, has another number of dims, or is "same" with a stride.</exception>
    public static Tensor conv3d(
        Tensor input, Tensor weight, Tensor? bias = null, Size3d? stride = null, ConvPadding? padding = null, Size3d? dilation = null,
        long groups = 1) =>
        PaddedConvolution.ConvolvePadded(
            padding
            ?? 0, new((stride ?? 1).ToArray(), [0, 0, 0], (dilation ?? 1).ToArray(), false, [0, 0, 0], groups), input, weight, bias);


    /// <summary>Convolution over one dim with time first, batch second and channels last.</summary>
    /// <param name="input">[T, N, C], of a floating-point type.</param>
    /// <param name="weight">The kernels, [k, C, out], in the type of the input.</param>
    /// <param name="bias">[out].</param>
    /// <param name="pad">Zeros before and after the input.</param>
    /// <returns>[T + 2 pad - k + 1, N, out].</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    public static Tensor conv_tbc(Tensor input, Tensor weight, Tensor bias, long pad = 0)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(bias);
        return input.ndim == 3 && weight.ndim == 3
            ? permute(conv1d(permute(input, 1, 2, 0), permute(weight, 2, 1, 0), bias, padding: pad), 2, 0, 1)
            : throw new ShapeException($"conv_tbc: input {input.Type} must be [T, N, C], and weight {weight.Type} [k, C, out].");
    }
}
