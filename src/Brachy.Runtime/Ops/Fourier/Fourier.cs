using Brachy.Extending;
using static Brachy.F;
using static Brachy.OneDimTransforms;

namespace Brachy;

public static partial class F
{
    /// <summary>
    /// Discrete Fourier transforms under the names of <c>torch.fft</c>; only the transform itself is called <c>fft_</c>, as in TorchSharp,
    /// since C# has no class with a member of its name. Complex numbers are <see cref="ComplexTensor"/>s, whose dims do not count that of
    /// the pairs. Numbers are float32 or float64 (integers become float32); any size of at least 1. All have gradients of any order.
    /// </summary>
    /// <remarks>
    /// Wherever there is a <c>norm</c>: "backward" divides by n on the way back, "forward" on the way there, "ortho" by √n both ways.
    /// Source: pytorch.org/docs/stable/fft.html.
    /// </remarks>
    public static partial class fft
    {
        /// <summary>Frequencies of complex numbers along a dim. Dtype: as x.</summary>
        /// <param name="x">With dims.</param>
        /// <param name="n">How many elements to transform: x is cut, or zeros are added; all by default.</param>
        /// <param name="dim">Along which dim.</param>
        /// <param name="norm">What to divide by: "backward", "ortho" or "forward".</param>
        /// <exception cref="ShapeException">There is no such dim, n is less than 1, or there are no elements.</exception>
        /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
        /// <exception cref="ArgumentException">There is no such norm.</exception>
        public static ComplexTensor fft_(ComplexTensor x, long? n = null, long dim = -1, string norm = "backward") =>
            Along("fft", x, n, dim, norm, forward: true);

        /// <summary>Frequencies of real numbers along a dim, negative ones too; <see cref="rfft"/> leaves those out.</summary>
        /// <inheritdoc cref="fft_(ComplexTensor, long?, long, string)"/>
        public static ComplexTensor fft_(Tensor x, long? n = null, long dim = -1, string norm = "backward") =>
            fft_(FourierTransforms.AsComplex("fft", x), n, dim, norm);

        /// <summary>Complex numbers from their frequencies along a dim. Dtype: as x.</summary>
        /// <inheritdoc cref="fft_(ComplexTensor, long?, long, string)"/>
        public static ComplexTensor ifft(ComplexTensor x, long? n = null, long dim = -1, string norm = "backward") =>
            Along("ifft", x, n, dim, norm, forward: false);

        /// <inheritdoc cref="ifft(ComplexTensor, long?, long, string)"/>
        public static ComplexTensor ifft(Tensor x, long? n = null, long dim = -1, string norm = "backward") =>
            ifft(FourierTransforms.AsComplex("ifft", x), n, dim, norm);

        /// <summary>
        /// The frequencies of real numbers along a dim that are not negative; the others are their conjugates. Shape: as x, with
        /// n / 2 + 1 along the dim.
        /// </summary>
        /// <inheritdoc cref="fft_(ComplexTensor, long?, long, string)"/>
        public static ComplexTensor rfft(Tensor x, long? n = null, long dim = -1, string norm = "backward")
        {
            var real = FourierTransforms.AsReal("rfft", x);
            var at = Shapes.NormalizeDim("rfft", dim, FourierTransforms.RequireDims("rfft", real.ndim, x.Type));
            return new ComplexTensor(FourierTransforms.RealTransform(
                FourierTransforms.Resized("rfft", real, n, at), at, FourierTransforms.Division("rfft", norm, forward: true)));
        }

        /// <summary>
        /// Real numbers from their frequencies of at least 0 along a dim. Imaginary parts where there can be none are not read.
        /// </summary>
        /// <param name="x">With dims.</param>
        /// <param name="n">
        /// How many real numbers; by default twice the frequencies but one. x is cut to n / 2 + 1, or zeros are added.
        /// </param>
        /// <param name="dim">Along which dim.</param>
        /// <param name="norm">What to divide by: "backward", "ortho" or "forward".</param>
        /// <inheritdoc cref="fft_(ComplexTensor, long?, long, string)" path="/exception"/>
        public static Tensor irfft(ComplexTensor x, long? n = null, long dim = -1, string norm = "backward")
        {
            ArgumentNullException.ThrowIfNull(x);
            var at = Shapes.NormalizeDim("irfft", dim, FourierTransforms.RequireDims("irfft", x.ndim, x.Pairs.Type));
            var size = n ?? 2 * (x.shape[at] - 1);
            FourierTransforms.RequireSize("irfft", size);
            return FourierTransforms.BackTransform(
                FourierTransforms.Resized("irfft", x.Pairs, (size / 2) + 1, at), at,
                FourierTransforms.Division("irfft", norm, forward: false), size);
        }

        /// <inheritdoc cref="irfft(ComplexTensor, long?, long, string)"/>
        public static Tensor irfft(Tensor x, long? n = null, long dim = -1, string norm = "backward") =>
            irfft(FourierTransforms.AsComplex("irfft", x), n, dim, norm);

        /// <summary>The frequencies, which are real, of numbers whose second half is the conjugate of the first and left out.</summary>
        /// <inheritdoc cref="irfft(ComplexTensor, long?, long, string)"/>
        public static Tensor hfft(ComplexTensor x, long? n = null, long dim = -1, string norm = "backward")
        {
            ArgumentNullException.ThrowIfNull(x);
            return irfft(x.conj(), n, dim, Opposite("hfft", norm));
        }

        /// <summary>The way back from <see cref="hfft"/>: half of the numbers with the given frequencies.</summary>
        /// <inheritdoc cref="rfft"/>
        public static ComplexTensor ihfft(Tensor x, long? n = null, long dim = -1, string norm = "backward") =>
            rfft(x, n, dim, Opposite("ihfft", norm)).conj();

        /// <summary>
        /// The frequencies that <see cref="fft_(ComplexTensor, long?, long, string)"/> gives, in cycles per unit: 0, 1, …, then the
        /// negative ones, divided by n · d.
        /// </summary>
        /// <param name="n">How many elements were transformed.</param>
        /// <param name="d">The distance of two of them.</param>
        /// <param name="dtype">A floating-point type.</param>
        /// <param name="device">Where to make them; the CPU by default.</param>
        /// <exception cref="ShapeException">n is less than 1.</exception>
        /// <exception cref="DTypeException">The type is not floating-point.</exception>
        public static Tensor fftfreq(long n, double d = 1, DType dtype = DType.Float32, Device? device = null)
        {
            FourierTransforms.RequireSize("fftfreq", n);
            var k = arange(n, device: device);
            return Frequencies("fftfreq", where(k * 2 < n, k, k - n), n, d, dtype);
        }

        /// <summary>The frequencies that <see cref="rfft"/> gives, in cycles per unit: 0, 1, …, n / 2, divided by n · d.</summary>
        /// <inheritdoc cref="fftfreq"/>
        public static Tensor rfftfreq(long n, double d = 1, DType dtype = DType.Float32, Device? device = null)
        {
            FourierTransforms.RequireSize("rfftfreq", n);
            return Frequencies("rfftfreq", arange((n / 2) + 1, device: device), n, d, dtype);
        }

        /// <summary>Moves frequency 0 to the middle. Shape and dtype: as x.</summary>
        /// <param name="x">Any tensor.</param>
        /// <param name="dim">Along which dims; all by default.</param>
        /// <exception cref="ShapeException">A dim does not exist or is named twice.</exception>
        public static Tensor fftshift(Tensor x, params long[]? dim) => Shifted("fftshift", x, dim, 0, size => size / 2);

        /// <inheritdoc cref="fftshift(Tensor, long[])"/>
        public static ComplexTensor fftshift(ComplexTensor x, params long[]? dim)
        {
            ArgumentNullException.ThrowIfNull(x);
            return new(Shifted("fftshift", x.Pairs, dim, 1, size => size / 2));
        }

        /// <summary>Moves frequency 0 from the middle back to the start. Shape and dtype: as x.</summary>
        /// <inheritdoc cref="fftshift(Tensor, long[])"/>
        public static Tensor ifftshift(Tensor x, params long[]? dim) => Shifted("ifftshift", x, dim, 0, size => (size + 1) / 2);

        /// <inheritdoc cref="ifftshift(Tensor, long[])"/>
        public static ComplexTensor ifftshift(ComplexTensor x, params long[]? dim)
        {
            ArgumentNullException.ThrowIfNull(x);
            return new(Shifted("ifftshift", x.Pairs, dim, 1, size => (size + 1) / 2));
        }
    }
}

/// <summary>Transforms along one dim.</summary>
file static class OneDimTransforms
{
    public static ComplexTensor Along(string op, ComplexTensor x, long? n, long dim, string norm, bool forward)
    {
        ArgumentNullException.ThrowIfNull(x);
        var at = Shapes.NormalizeDim(op, dim, FourierTransforms.RequireDims(op, x.ndim, x.Pairs.Type));
        return FourierTransforms.Transform(
            FourierTransforms.Resized(op, x.Pairs, n, at), [at], FourierTransforms.Division(op, norm, forward), forward);
    }

    public static string Opposite(string op, string norm)
    {
        _ = FourierTransforms.Division(op, norm, forward: true);
        return norm switch { "backward" => "forward", "forward" => "backward", _ => norm };
    }

    public static Tensor Frequencies(string op, Tensor k, long n, double d, DType dtype) => dtype.IsFloatingPoint()
        ? to(to(k, DType.Float64) / (n * d), dtype)
        : throw new DTypeException($"{op}: the frequencies are floating-point, not {dtype}.");

    public static Tensor Shifted(string op, Tensor x, long[]? dim, int last, Func<long, long> shift)
    {
        ArgumentNullException.ThrowIfNull(x);
        var dims = Shapes.NormalizeDims(op, dim, x.ndim - last);

        // A single number may be said to have dim 0.
        return dims.Length == 0 || x.ndim == last ? x : roll(x, Array.ConvertAll(dims, d => shift(x.shape[(int)d])), dims);
    }
}
