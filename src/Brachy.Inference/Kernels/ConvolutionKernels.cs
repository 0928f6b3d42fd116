using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Convolutions of images whose channels lie side by side, as their results do: other images are copied first. Known weights are brought
/// into the order of the tiles once.
/// </summary>
internal static unsafe class ConvolutionKernels
{
    // Pieces of so few elements are not worth their addresses.
    private const int FewestChannelsOfPieces = 12;

    public static bool Convolution(VectorArgs x, ConvolutionSettings settings) => ConvolutionSteps.AreImages(x, settings)
        && x.OfType(x.Output().DType, settings, Convolution<float>, Convolution<double>);

    private static bool Convolution<T>(VectorArgs x, ConvolutionSettings settings)
        where T : unmanaged => Tiles.Select<Rule<T>, bool>(new(x, settings));

    private readonly struct Rule<T>(VectorArgs x, ConvolutionSettings settings) : ITileFunction<bool>
        where T : unmanaged
    {
        public bool Of<TTile>()
            where TTile : struct, ITile
        {
            var size = ConvolutionSteps.SizeOf(x.Types[0].Shape, x.Types[1].Shape, x.Output().Shape, settings);
            var image = Pixels(ref size, out var joinsColumns);
            var bias = x.Count > 2 ? x.Dense(2) : null;
            var term = x.Chain.Term is { } added ? x.Dense(ConvolutionSteps.ChannelsLast(x.LayoutOf(added))) : null;
            ConvolutionSteps.Add<T, TTile>(
                x, size, joinsColumns, image, x[1], KernelOrder.Of(size), new(term, bias, x.Chain.Function),
                ConvolutionSteps.Images(x, 0, x.Output().Shape));
            return true;
        }

        /// <summary>The image with channels side by side; if they are few, padded, so that columns of a kernel are one piece.</summary>
        private Layout Pixels(ref ConvolutionSize size, out bool joinsColumns)
        {
            var image = ConvolutionSteps.ChannelsLast(x[0]);
            var canJoin = size.Groups == 1 && size.X is { Kernel: > 1, Dilation: 1 } && size.Channels < FewestChannelsOfPieces;
            if (canJoin && size.X.Padding > 0)
            {
                var padding = size.X.Padding;
                var padded = x.Scratch(image.DType, [size.Images, size.Y.Size, size.X.Size + (2 * padding), size.Channels]);
                var copy = CopyKernels.Copy(image, padded.Part(padding * size.Channels, image.Shape, padded.Strides));
                x.AddCopied(image.Count);
                x.Add(memory =>
                {
                    padded.Span<T>(memory).Clear();
                    copy(memory);
                });
                size = size with { X = size.X with { Size = size.X.Size + (2 * padding), Padding = 0 } };
                joinsColumns = true;
                return padded;
            }

            image = ConvolutionSteps.Pixels(x, x[0]);
            joinsColumns = canJoin && (image.Strides[2] == size.Channels || size.X.Size == 1);
            return image;
        }
    }
}
