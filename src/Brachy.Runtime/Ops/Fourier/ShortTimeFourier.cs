using static Brachy.AnalysisWindow;
using static Brachy.F;

namespace Brachy;

// Spectra of stretches of a signal. Source: pytorch.org/docs/stable/generated/torch.stft.html and torch.istft.html.
public static partial class F
{
    /// <summary>Frequencies of a signal in a window that moves along it. Dtype: as x.</summary>
    /// <param name="x">[length] or [batch, length], float32 or float64.</param>
    /// <param name="n_fft">How many elements are transformed at a time.</param>
    /// <param name="hop_length">From one window to the next; n_fft / 4 by default.</param>
    /// <param name="win_length">How many elements the window has, in the middle of n_fft; n_fft by default.</param>
    /// <param name="window">The window, [win_length]; ones by default.</param>
    /// <param name="center">Whether n_fft / 2 elements are added on both sides, so that frame t has its middle at t · hop_length.</param>
    /// <param name="pad_mode">What is added: "reflect", "constant", "replicate" or "circular".</param>
    /// <param name="normalized">Whether to divide by √n_fft.</param>
    /// <param name="onesided">Whether to leave out negative frequencies.</param>
    /// <returns>[batch, frequencies, frames], without the batch if x has none.</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or a length is out of range.</exception>
    /// <exception cref="DTypeException">An element type does not fit.</exception>
    /// <exception cref="ArgumentException">There is no such mode.</exception>
    public static ComplexTensor stft(
        Tensor x, long n_fft, long? hop_length = null, long? win_length = null, Tensor? window = null,
        bool center = true, string pad_mode = "reflect", bool normalized = false, bool onesided = true)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(pad_mode);
        if (x.ndim is not (1 or 2))
        {
            throw new ShapeException($"stft: x must be [length] or [batch, length], but is {x.Type}.");
        }

        var hop = hop_length ?? n_fft / 4;
        var weights = WindowOf("stft", x.dtype, x.device, n_fft, hop, win_length, window);
        var signal = x.ndim == 1 ? unsqueeze(x, 0) : x;
        if (center)
        {
            signal = squeeze(pad(unsqueeze(signal, 1), [n_fft / 2, n_fft / 2], pad_mode), 1);
        }

        if (signal.shape[1] < n_fft)
        {
            throw new ShapeException($"stft: n_fft is {n_fft}, but the signal has {signal.shape[1]} elements.");
        }

        var frames = signal.unfold(1, n_fft, hop) * weights;
        var norm = normalized ? "ortho" : "backward";
        var spectrum = (onesided ? fft.rfft(frames, norm: norm) : fft.fft_(frames, norm: norm)).transpose(1, 2);
        return x.ndim == 1 ? new ComplexTensor(squeeze(spectrum.Pairs, 0)) : spectrum;
    }

    /// <summary>
    /// The signal with given frequencies: the way back from <see cref="stft"/>, by least squares where windows overlap. Dtype: as x.
    /// </summary>
    /// <param name="x">[batch, frequencies, frames], or without the batch.</param>
    /// <param name="n_fft">How many elements were transformed at a time.</param>
    /// <param name="hop_length">From one window to the next; n_fft / 4 by default.</param>
    /// <param name="win_length">How many elements the window has, in the middle of n_fft; n_fft by default.</param>
    /// <param name="window">
    /// The window, [win_length]; ones by default. The sum of squares of all windows must not be 0 anywhere in the result.
    /// </param>
    /// <param name="center">Whether the signal began in the middle of the first frame.</param>
    /// <param name="normalized">Whether it was divided by √n_fft.</param>
    /// <param name="onesided">Whether negative frequencies were left out; they are not read, since the signal is real.</param>
    /// <param name="length">How many elements to return; all that the frames give by default.</param>
    /// <returns>[batch, length], or without the batch.</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or a length is out of range.</exception>
    /// <exception cref="DTypeException">An element type does not fit.</exception>
    /// <exception cref="ArgumentException">
    /// Somewhere there is no window; in a traced function, where its values are not known, the signal is 0 there.
    /// </exception>
    public static Tensor istft(
        ComplexTensor x, long n_fft, long? hop_length = null, long? win_length = null, Tensor? window = null,
        bool center = true, bool normalized = false, bool onesided = true, long? length = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var frequencies = onesided ? (n_fft / 2) + 1 : n_fft;
        if (x.ndim is not (2 or 3) || x.shape[x.ndim - 2] != frequencies || x.shape[^1] == 0)
        {
            throw new ShapeException(
                $"istft: x must be [batch, {frequencies}, frames] or [{frequencies}, frames], but has shape {x.shape}.");
        }

        var hop = hop_length ?? n_fft / 4;
        var weights = WindowOf("istft", x.dtype, x.Pairs.device, n_fft, hop, win_length, window);
        var batch = x.ndim == 2 ? new ComplexTensor(unsqueeze(x.Pairs, 0)) : x;
        var spectrum = batch.transpose(1, 2);
        var norm = normalized ? "ortho" : "backward";
        var frames = fft.irfft(spectrum, n_fft, norm: norm);
        var count = frames.shape[1];
        var total = n_fft + (hop * (count - 1));
        var start = center ? n_fft / 2 : 0;
        var end = length is { } wanted ? start + wanted : center ? total - (n_fft / 2) : total;
        if (length < 0 || end <= start)
        {
            throw new ShapeException($"istft: {length ?? end - start} elements are to be returned, from place {start} on of {total}.");
        }

        var within = Math.Min(end, total);
        Tensor Overlapped(Tensor parts)
        {
            var places = ravel(unsqueeze(arange(count, device: parts.device) * hop, 1) + arange(n_fft, device: parts.device));
            var sums = index_add(
                zeros([parts.shape[0], total], parts.dtype, parts.device), 1, places, reshape(parts, parts.shape[0], count * n_fft));
            return narrow(sums, 1, start, Math.Max(0, within - start));
        }

        var envelope = Overlapped(expand(weights * weights, 1, count, n_fft));
        var isThere = envelope > 1e-11;
        if (!isThere.IsTraced && !(bool)all(isThere))
        {
            throw new ArgumentException(
                "istft: the windows leave out elements of the signal; use a window without zeros there, a smaller hop_length, or center: "
                + "true.", nameof(window));
        }

        var signal = where(isThere, Overlapped(frames * weights) / where(isThere, envelope, 1), 0);
        signal = end > within ? pad(signal, [0, end - Math.Max(start, within)]) : signal;
        return x.ndim == 2 ? squeeze(signal, 0) : signal;
    }
}

/// <summary>The window that a signal is seen through.</summary>
file static class AnalysisWindow
{
    /// <summary>The window in the middle of n_fft elements.</summary>
    public static Tensor WindowOf(string op, DType dtype, Device device, long n_fft, long hop, long? win_length, Tensor? window)
    {
        var length = win_length ?? n_fft;
        if (n_fft < 1 || hop < 1 || length < 1 || length > n_fft)
        {
            throw new ShapeException(
                $"{op}: n_fft is {n_fft}, hop_length {hop} and win_length {length}; all must be positive, and win_length at most n_fft.");
        }

        if (window is not null && (window.ndim != 1 || window.shape[0] != length || window.dtype != dtype))
        {
            throw new ShapeException($"{op}: window must be {dtype.Name()}[{length}], but is {window.Type}.");
        }

        var weights = window ?? ones([length], dtype, device);
        var before = (n_fft - length) / 2;
        return length == n_fft ? weights : pad(weights, [before, n_fft - length - before]);
    }
}
