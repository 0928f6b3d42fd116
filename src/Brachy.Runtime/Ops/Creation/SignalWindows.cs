using static Brachy.F;
using static Brachy.WindowShapes;

namespace Brachy;

// Windows for spectra. Source: pytorch.org/docs/stable/generated/torch.hann_window.html and its neighbours.
public static partial class F
{
    /// <summary>Hann's window, ½ - ½ cos(2πk / (N - 1)).</summary>
    /// <param name="window_length">How many elements N; of one element the window is 1.</param>
    /// <param name="periodic">
    /// Whether to leave out the last of one more element, so that repeats of the window fit together; else it is symmetric.
    /// </param>
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="device">Where to make it; the CPU by default.</param>
    /// <exception cref="ShapeException">The length is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating-point.</exception>
    public static Tensor hann_window(long window_length, bool periodic = true, DType dtype = DType.Float32, Device? device = null) =>
        hamming_window(window_length, periodic, 0.5, 0.5, dtype, device);

    /// <summary>Hamming's window, α - β cos(2πk / (N - 1)).</summary>
    /// <param name="window_length">How many elements N; of one element the window is 1.</param>
    /// <param name="periodic">
    /// Whether to leave out the last of one more element, so that repeats of the window fit together; else it is symmetric.
    /// </param>
    /// <param name="alpha">What the cosine is subtracted from.</param>
    /// <param name="beta">What the cosine is multiplied by.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="device">Where to make it; the CPU by default.</param>
    /// <inheritdoc cref="hann_window" path="/exception"/>
    public static Tensor hamming_window(
        long window_length, bool periodic = true, double alpha = 0.54, double beta = 0.46, DType dtype = DType.Float32,
        Device? device = null) =>
        MakeWindow("hamming_window", window_length, periodic, dtype, device, turn => alpha - (cos(turn * (2 * Math.PI)) * beta));

    /// <summary>Blackman's window, 0.42 - ½ cos(2πk / (N - 1)) + 0.08 cos(4πk / (N - 1)).</summary>
    /// <inheritdoc cref="hann_window"/>
    public static Tensor blackman_window(long window_length, bool periodic = true, DType dtype = DType.Float32, Device? device = null) =>
        MakeWindow("blackman_window", window_length, periodic, dtype, device, turn =>
            0.42 - (cos(turn * (2 * Math.PI)) * 0.5) + (cos(turn * (4 * Math.PI)) * 0.08));

    /// <summary>Bartlett's window, a triangle: 1 - |2k / (N - 1) - 1|.</summary>
    /// <inheritdoc cref="hann_window"/>
    public static Tensor bartlett_window(long window_length, bool periodic = true, DType dtype = DType.Float32, Device? device = null) =>
        MakeWindow("bartlett_window", window_length, periodic, dtype, device, turn => 1 - abs((turn * 2) - 1));

    /// <summary>Kaiser's window, I₀(β √(1 - (2k / (N - 1) - 1)²)) / I₀(β).</summary>
    /// <param name="window_length">How many elements N; of one element the window is 1.</param>
    /// <param name="periodic">
    /// Whether to leave out the last of one more element, so that repeats of the window fit together; else it is symmetric.
    /// </param>
    /// <param name="beta">How narrow it is.</param>
    /// <param name="dtype">A floating-point type.</param>
    /// <param name="device">Where to make it; the CPU by default.</param>
    /// <inheritdoc cref="hann_window" path="/exception"/>
    public static Tensor kaiser_window(
        long window_length, bool periodic = true, double beta = 12, DType dtype = DType.Float32, Device? device = null) =>
        MakeWindow("kaiser_window", window_length, periodic, dtype, device, turn =>
            i0(sqrt(clamp(1 - square((turn * 2) - 1), min: 0)) * beta) / i0(full([1], beta, DType.Float64, device)));
}

/// <summary>Windows from a function of their position.</summary>
file static class WindowShapes
{
    /// <param name="op">For messages.</param>
    /// <param name="length">How many elements.</param>
    /// <param name="periodic">Whether the turn ends one element later.</param>
    /// <param name="dtype">Of the result; it is computed as float64.</param>
    /// <param name="device">Where to make it.</param>
    /// <param name="shape">From places, 0 at the start and 1 at the end, to the window.</param>
    public static Tensor MakeWindow(string op, long length, bool periodic, DType dtype, Device? device, Func<Tensor, Tensor> shape)
    {
        if (length < 0)
        {
            throw new ShapeException($"{op}: the length is {length}, but must not be negative.");
        }

        if (!dtype.IsFloatingPoint())
        {
            throw new DTypeException($"{op}: a window is floating-point, not {dtype}.");
        }

        return length <= 1
            ? ones([length], dtype, device)
            : to(shape(to(arange(length, device: device), DType.Float64) / (double)(periodic ? length : length - 1)), dtype);
    }
}
