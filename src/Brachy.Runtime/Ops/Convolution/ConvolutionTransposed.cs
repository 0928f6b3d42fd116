namespace Brachy;

// Transposed convolutions: the gradients of convolutions by their inputs.
// Source: pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html.
public static partial class F
{
    /// <summary>
    /// Transposed convolution over one dim, sometimes called deconvolution: each element of the input adds a scaled kernel to the output.
    /// </summary>
    /// <param name="input">[N, C, L], or [C, L] without a batch. A floating-point type.</param>
    /// <param name="weight">The kernels, [C, out / groups, k], in the type of the input.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="stride">The distance between the kernels of two neighbours.</param>
    /// <param name="padding">Elements cut off either end of the result.</param>
    /// <param name="output_padding">Elements added at the end of the result; less than the larger of stride and dilation.</param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <param name="dilation">The distance between two elements of a kernel.</param>
    /// <returns>
    /// [N, out, (L - 1) stride - 2 padding + dilation (k - 1) + output_padding + 1]; without N for an input without a batch.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or the result would be empty.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public static Tensor conv_transpose1d(
        Tensor input, Tensor weight, Tensor? bias = null, long stride = 1, long padding = 0, long output_padding = 0, long groups = 1,
        long dilation = 1) =>
        PaddedConvolution.Convolve(new([stride], [padding], [dilation], true, [output_padding], groups), input, weight, bias);

    /// <summary>
    /// Transposed convolution over two dims, sometimes called deconvolution: each element of the input adds a scaled kernel to the output.
    /// </summary>
    /// <param name="input">[N, C, H, W], or [C, H, W] without a batch. A floating-point type.</param>
    /// <param name="weight">The kernels, [C, out / groups, kh, kw], in the type of the input.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="stride">The distance between the kernels of two neighbours; 1 by default.</param>
    /// <param name="padding">Elements cut off either side of the result; 0 by default.</param>
    /// <param name="output_padding">
    /// Elements added at the end of the result; less than the larger of stride and dilation; 0 by default.
    /// </param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <param name="dilation">The distance between two elements of a kernel; 1 by default.</param>
    /// <returns>
    /// [N, out, h, w] with h = (H - 1) stride - 2 padding + dilation (kh - 1) + output_padding + 1; without N for an input without a batch.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or the result would be empty.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public static Tensor conv_transpose2d(
        Tensor input, Tensor weight, Tensor? bias = null, Size2d? stride = null, Size2d? padding = null, Size2d? output_padding = null,
        long groups = 1, Size2d? dilation = null) =>
        PaddedConvolution.Convolve(
            new(
                (stride ?? 1).ToArray(), (padding ?? 0).ToArray(), (dilation ?? 1).ToArray(), true, (output_padding ?? 0).ToArray(),
                groups), input, weight, bias);

    /// <summary>
    /// Transposed convolution over three dims, sometimes called deconvolution: each element of the input adds a
    /// scaled kernel to the output.
    /// </summary>
    /// <param name="input">[N, C, D, H, W], or [C, D, H, W] without a batch. A floating-point type.</param>
    /// <param name="weight">The kernels, [C, out / groups, kd, kh, kw], in the type of the input.</param>
    /// <param name="bias">[out], or null for none.</param>
    /// <param name="stride">The distance between the kernels of two neighbours; 1 by default.</param>
    /// <param name="padding">Elements cut off either side of the result; 0 by default.</param>
    /// <param name="output_padding">
    /// Elements added at the end of the result; less than the larger of stride and dilation; 0 by default.
    /// </param>
    /// <param name="groups">The number of groups of channels that do not see each other.</param>
    /// <param name="dilation">The distance between two elements of a kernel; 1 by default.</param>
    /// <returns>
    /// [N, out, d, h, w] with d = (D - 1) stride - 2 padding + dilation (kd - 1) + output_padding + 1; without N for
    /// an input without a batch.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or the result would be empty.</exception>
    /// <exception cref="DTypeException">The element types differ or are not floating-point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of range.</exception>
    public static Tensor conv_transpose3d(
        Tensor input, Tensor weight, Tensor? bias = null, Size3d? stride = null, Size3d? padding = null, Size3d? output_padding = null,
        long groups = 1, Size3d? dilation = null) =>
        PaddedConvolution.Convolve(
            new(
                (stride ?? 1).ToArray(), (padding ?? 0).ToArray(), (dilation ?? 1).ToArray(), true, (output_padding ?? 0).ToArray(),
                groups), input, weight, bias);
}
