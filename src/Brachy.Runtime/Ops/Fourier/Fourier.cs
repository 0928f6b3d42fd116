using Brachy.Extending;

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
            fft_(AsComplex("fft", x), n, dim, norm);

        /// <summary>Complex numbers from their frequencies along a dim. Dtype: as x.</summary>
        /// <inheritdoc cref="fft_(ComplexTensor, long?, long, string)"/>
        public static ComplexTensor ifft(ComplexTensor x, long? n = null, long dim = -1, string norm = "backward") =>
            Along("ifft", x, n, dim, norm, forward: false);

        /// <inheritdoc cref="ifft(ComplexTensor, long?, long, string)"/>
        public static ComplexTensor ifft(Tensor x, long? n = null, long dim = -1, string norm = "backward") =>
            ifft(AsComplex("ifft", x), n, dim, norm);

        /// <summary>
        /// The frequencies of real numbers along a dim that are not negative; the others are their conjugates. Shape: as x, with
        /// n / 2 + 1 along the dim.
        /// </summary>
        /// <inheritdoc cref="fft_(ComplexTensor, long?, long, string)"/>
        public static ComplexTensor rfft(Tensor x, long? n = null, long dim = -1, string norm = "backward")
        {
            var real = AsReal("rfft", x);
            var at = Shapes.NormalizeDim("rfft", dim, RequireDims("rfft", real.ndim, x.Type));
            return new ComplexTensor(RealTransform(Resized("rfft", real, n, at), at, Division("rfft", norm, forward: true)));
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
            var at = Shapes.NormalizeDim("irfft", dim, RequireDims("irfft", x.ndim, x.Pairs.Type));
            var size = n ?? 2 * (x.shape[at] - 1);
            RequireSize("irfft", size);
            return BackTransform(Resized("irfft", x.Pairs, (size / 2) + 1, at), at, Division("irfft", norm, forward: false), size);
        }

        /// <inheritdoc cref="irfft(ComplexTensor, long?, long, string)"/>
        public static Tensor irfft(Tensor x, long? n = null, long dim = -1, string norm = "backward") =>
            irfft(AsComplex("irfft", x), n, dim, norm);

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
            RequireSize("fftfreq", n);
            var k = arange(n, device: device);
            return Frequencies("fftfreq", where(k * 2 < n, k, k - n), n, d, dtype);
        }

        /// <summary>The frequencies that <see cref="rfft"/> gives, in cycles per unit: 0, 1, …, n / 2, divided by n · d.</summary>
        /// <inheritdoc cref="fftfreq"/>
        public static Tensor rfftfreq(long n, double d = 1, DType dtype = DType.Float32, Device? device = null)
        {
            RequireSize("rfftfreq", n);
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

        private static ComplexTensor Along(string op, ComplexTensor x, long? n, long dim, string norm, bool forward)
        {
            ArgumentNullException.ThrowIfNull(x);
            var at = Shapes.NormalizeDim(op, dim, RequireDims(op, x.ndim, x.Pairs.Type));
            return Transform(Resized(op, x.Pairs, n, at), [at], Division(op, norm, forward), forward);
        }

        private static ComplexTensor Transform(Tensor pairs, long[] dims, long division, bool forward) =>
            new(dims.Length == 0 ? pairs : ComplexTransform(pairs, new FourierSettings(dims, division, forward)));

        /// <summary>How libtorch numbers what a transform divides by: nothing, √n or n.</summary>
        private static long Division(string op, string norm, bool forward) => norm switch
        {
            "backward" => forward ? 0 : 2,
            "ortho" => 1,
            "forward" => forward ? 2 : 0,
            _ => throw new ArgumentException(
                $"{op}: there is no norm \"{norm}\"; use \"backward\", \"ortho\" or \"forward\".", nameof(norm)),
        };

        private static string Opposite(string op, string norm)
        {
            _ = Division(op, norm, forward: true);
            return norm switch { "backward" => "forward", "forward" => "backward", _ => norm };
        }

        private static Tensor AsReal(string op, Tensor x)
        {
            ArgumentNullException.ThrowIfNull(x);
            return x.dtype is DType.Float16 or DType.BFloat16
                ? throw new DTypeException($"{op}: x must be float32 or float64, but is {x.Type}; cast it with x.to(DType.Float32).")
                : x.dtype.IsFloatingPoint() ? x : to(x, DType.Float32);
        }

        private static ComplexTensor AsComplex(string op, Tensor x)
        {
            var real = AsReal(op, x);
            return complex(real, zeros_like(real));
        }

        private static int RequireDims(string op, int dims, TensorType type) =>
            dims > 0 ? dims : throw new ShapeException($"{op}: x must have dims, but is {type}.");

        private static void RequireSize(string op, long size)
        {
            if (size < 1)
            {
                throw new ShapeException($"{op}: {size} elements cannot be transformed; at least 1 is needed.");
            }
        }

        /// <summary>A tensor with so many elements along a dim: cut, or with zeros after it.</summary>
        private static Tensor Resized(string op, Tensor x, long? n, int dim)
        {
            RequireSize(op, n ?? x.shape[dim]);
            if (n is not { } size || size == x.shape[dim])
            {
                return x;
            }

            if (size < x.shape[dim])
            {
                return narrow(x, dim, 0, size);
            }

            var missing = x.shape.ToArray();
            missing[dim] = size - missing[dim];
            return cat([x, zeros(missing, x.dtype, x.device)], dim);
        }

        private static Tensor Frequencies(string op, Tensor k, long n, double d, DType dtype) => dtype.IsFloatingPoint()
            ? to(to(k, DType.Float64) / (n * d), dtype)
            : throw new DTypeException($"{op}: the frequencies are floating-point, not {dtype}.");

        private static Tensor Shifted(string op, Tensor x, long[]? dim, int last, Func<long, long> shift)
        {
            ArgumentNullException.ThrowIfNull(x);
            var dims = Shapes.NormalizeDims(op, dim, x.ndim - last);

            // A single number may be said to have dim 0.
            return dims.Length == 0 || x.ndim == last ? x : roll(x, Array.ConvertAll(dims, d => shift(x.shape[(int)d])), dims);
        }
    }
}
