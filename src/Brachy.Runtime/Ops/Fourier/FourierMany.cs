using Brachy.Extending;
using static Brachy.ManyDimTransforms;

namespace Brachy;

// Transforms along several dims.
public static partial class F
{
    public static partial class fft
    {
        /// <summary>Frequencies of complex numbers along several dims. Dtype: as x.</summary>
        /// <param name="x">With dims.</param>
        /// <param name="s">How many elements to transform along each: x is cut, or zeros are added; -1 or null for all.</param>
        /// <param name="dim">Along which dims; by default the last ones, as many as there are sizes, or all.</param>
        /// <param name="norm">What to divide by: "backward", "ortho" or "forward".</param>
        /// <exception cref="ShapeException">
        /// A dim does not exist or is named twice, a size is less than 1, or there are no elements.
        /// </exception>
        /// <exception cref="DTypeException">x is float16 or bfloat16.</exception>
        /// <exception cref="ArgumentException">There is no such norm.</exception>
        public static ComplexTensor fftn(ComplexTensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            Many("fftn", x, s, dim, norm, forward: true);

        /// <inheritdoc cref="fftn(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor fftn(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            fftn(FourierTransforms.AsComplex("fftn", x), s, dim, norm);

        /// <summary>Complex numbers from their frequencies along several dims. Dtype: as x.</summary>
        /// <inheritdoc cref="fftn(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor ifftn(ComplexTensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            Many("ifftn", x, s, dim, norm, forward: false);

        /// <inheritdoc cref="ifftn(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor ifftn(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            ifftn(FourierTransforms.AsComplex("ifftn", x), s, dim, norm);

        /// <summary>Frequencies of real numbers along several dims; along the last of them only those that are not negative.</summary>
        /// <inheritdoc cref="fftn(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor rfftn(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward")
        {
            var real = FourierTransforms.AsReal("rfftn", x);
            var (dims, sizes) = Chosen("rfftn", real.shape, s, dim);
            for (var i = 0; i < dims.Length; i++)
            {
                real = FourierTransforms.Resized("rfftn", real, sizes[i], (int)dims[i]);
            }

            var division = FourierTransforms.Division("rfftn", norm, forward: true);
            return FourierTransforms.Transform(
                FourierTransforms.RealTransform(real, dims[^1], division), dims[..^1], division, forward: true);
        }

        /// <summary>
        /// Real numbers from their frequencies along several dims; along the last of them from those that are not negative.
        /// </summary>
        /// <param name="x">With dims.</param>
        /// <param name="s">
        /// How many real numbers along each dim; along the last by default twice the frequencies but one, along
        /// others as many as there are.
        /// </param>
        /// <param name="dim">Along which dims; by default the last ones, as many as there are sizes, or all.</param>
        /// <param name="norm">What to divide by: "backward", "ortho" or "forward".</param>
        /// <inheritdoc cref="fftn(ComplexTensor, long[], long[], string)" path="/exception"/>
        public static Tensor irfftn(ComplexTensor x, long[]? s = null, long[]? dim = null, string norm = "backward")
        {
            ArgumentNullException.ThrowIfNull(x);
            var (dims, sizes) = Chosen("irfftn", x.shape, s, dim);
            var pairs = x.Pairs;
            for (var i = 0; i < dims.Length - 1; i++)
            {
                pairs = FourierTransforms.Resized("irfftn", pairs, sizes[i], (int)dims[i]);
            }

            return irfft(
                FourierTransforms.Transform(pairs, dims[..^1], FourierTransforms.Division("irfftn", norm, forward: false), forward: false),
                sizes[^1], dims[^1], norm);
        }

        /// <inheritdoc cref="irfftn(ComplexTensor, long[], long[], string)"/>
        public static Tensor irfftn(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            irfftn(FourierTransforms.AsComplex("irfftn", x), s, dim, norm);

        /// <summary>Frequencies of images: <see cref="fftn(ComplexTensor, long[], long[], string)"/> along the last two dims.</summary>
        /// <inheritdoc cref="fftn(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor fft2(ComplexTensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            fftn(x, s, dim ?? LastTwo, norm);

        /// <inheritdoc cref="fft2(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor fft2(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            fftn(x, s, dim ?? LastTwo, norm);

        /// <summary>
        /// Images from their frequencies: <see cref="ifftn(ComplexTensor, long[], long[], string)"/> along the last two dims.
        /// </summary>
        /// <inheritdoc cref="fftn(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor ifft2(ComplexTensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            ifftn(x, s, dim ?? LastTwo, norm);

        /// <inheritdoc cref="ifft2(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor ifft2(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            ifftn(x, s, dim ?? LastTwo, norm);

        /// <summary>Frequencies of real images: <see cref="rfftn"/> along the last two dims.</summary>
        /// <inheritdoc cref="fftn(ComplexTensor, long[], long[], string)"/>
        public static ComplexTensor rfft2(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            rfftn(x, s, dim ?? LastTwo, norm);

        /// <summary>
        /// Real images from their frequencies: <see cref="irfftn(ComplexTensor, long[], long[], string)"/> along the last two dims.
        /// </summary>
        /// <inheritdoc cref="irfftn(ComplexTensor, long[], long[], string)"/>
        public static Tensor irfft2(ComplexTensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            irfftn(x, s, dim ?? LastTwo, norm);

        /// <inheritdoc cref="irfft2(ComplexTensor, long[], long[], string)"/>
        public static Tensor irfft2(Tensor x, long[]? s = null, long[]? dim = null, string norm = "backward") =>
            irfftn(x, s, dim ?? LastTwo, norm);
    }
}

/// <summary>Transforms along several dims.</summary>
file static class ManyDimTransforms
{
    public static readonly long[] LastTwo = [-2, -1];

    public static ComplexTensor Many(string op, ComplexTensor x, long[]? s, long[]? dim, string norm, bool forward)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (dims, sizes) = Chosen(op, x.shape, s, dim);
        var pairs = x.Pairs;
        for (var i = 0; i < dims.Length; i++)
        {
            pairs = FourierTransforms.Resized(op, pairs, sizes[i], (int)dims[i]);
        }

        return FourierTransforms.Transform(pairs, dims, FourierTransforms.Division(op, norm, forward), forward);
    }

    /// <summary>Dims from 0, and how many elements of each; null for all.</summary>
    public static (long[] Dims, long?[] Sizes) Chosen(string op, Shape shape, long[]? s, long[]? dim)
    {
        if (s is not null && (s.Length > shape.Rank || (dim is not null && dim.Length != s.Length)))
        {
            throw new ShapeException($"{op}: there are {s.Length} sizes, but {dim?.Length ?? shape.Rank} dims.");
        }

        var dims = dim is null
            ? [.. Enumerable.Range(shape.Rank - (s?.Length ?? shape.Rank), s?.Length ?? shape.Rank).Select(i => (long)i)]
            : dim.Length == 0 ? []
            : Shapes.NormalizeDims(op, dim, FourierTransforms.RequireDims(op, shape.Rank, new TensorType(shape, DType.Float32)));
        if (dims.Length == 0)
        {
            throw new ShapeException($"{op}: there are no dims to transform along.");
        }

        return (dims, [.. dims.Select((_, i) => s is null || s[i] == -1 ? (long?)null : s[i])]);
    }
}
