using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Convolutions of images whose channels lie side by side, as their results do: other images are copied first. Known weights are brought
/// into the order of the tiles once.
/// </summary>
internal static unsafe class ConvolutionKernels
{
    // With fewer, the transforms of Winograd's method cost more than the products save.
    private const int FewestChannelsOfWinograd = 16;

    // Pieces of so few elements are not worth their addresses.
    private const int FewestChannelsOfPieces = 12;

    public static bool Convolution(VectorArgs x, ConvolutionSettings settings) =>
        settings.Dims <= 2 && x.Types.All(type => type.DType == x.Output().DType)
        && x.OfType(x.Output().DType, settings, Convolution<float>, Convolution<double>);

    private static bool Convolution<T>(VectorArgs x, ConvolutionSettings settings)
        where T : unmanaged => Tiles.Select<Rule<T>, bool>(new(x, settings));

    private static ConvolutionSize SizeOf(VectorArgs x, ConvolutionSettings settings)
    {
        var (image, weight, result) = (x.Types[0].Shape, x.Types[1].Shape, x.Output().Shape);
        return new(
            (int)image[0], (int)image[1], (int)result[1], (int)settings.Groups,
            settings.Dims == 1 ? new(1, 1, 1, 0, 1, 1) : Dim(0), Dim(settings.Dims - 1));

        ConvolvedDim Dim(int d) => new(
            (int)image[d + 2], (int)weight[d + 2], (int)settings.Stride[d], (int)settings.Padding[d], (int)settings.Dilation[d],
            (int)result[d + 2]);
    }

    /// <summary>Four dims: of images over one dim the height is 1.</summary>
    private static Layout AsImages(Layout x) => x.Shape.Rank == 4 ? x
        : x.Part(0, [x.Shape[0], x.Shape[1], 1, x.Shape[2]], [x.Strides[0], x.Strides[1], 0, x.Strides[2]]);

    private static Layout ChannelsLast(Layout x) => x.Permuted([0, 2, 3, 1]);

    private readonly struct Rule<T>(VectorArgs x, ConvolutionSettings settings) : ITileFunction<bool>
        where T : unmanaged
    {
        private readonly DType _dtype = x.Types[0].DType;

        public bool Of<TTile>()
            where TTile : struct, ITile
        {
            if (settings.Transposed)
            {
                return false;
            }

            var size = SizeOf(x, settings);
            var image = Pixels(ref size, out var joinsColumns);
            var weight = x[1];
            var bias = x.Count > 2 ? x.Dense(2) : null;
            var term = x.Chain.Term is { } added ? Term(x.LayoutOf(added), size) : null;
            var target = x.Scratch(_dtype, [size.Images, size.Y.Result, size.X.Result, size.Outputs]);
            var result = target.Permuted([0, 3, 1, 2]);
            x.Alias(x.Output().Shape.Rank == 4 ? result : result.Part(
                0, x.Output().Shape, [result.Strides[0], result.Strides[1], result.Strides[3]]));
            AddProduct<TTile>(size, joinsColumns, image, weight, new(term, bias, x.Chain.Function), target);
            return true;
        }

        private void AddProduct<TTile>(
            ConvolutionSize size, bool joinsColumns, Layout image, Layout weight, ProductEnd<T> ends, Layout target)
            where TTile : struct, ITile
        {
            if (DepthwiseProduct.Fits(size))
            {
                var channels = x.Packed(
                    weight, "depthwise", DepthwiseProduct.PackedLength<T>(size),
                    (from, to) => memory => DepthwiseProduct.Pack(size, from.At<T>(memory), to.At<T>(memory)));
                x.Add(memory => ThreadTeam.Run(
                    DepthwiseProduct.Parts(size), new DepthwiseWork<T>(
                        size, Of(image, memory), channels.Address(memory), target.Address(memory), ends.Of(memory))));
                return;
            }

            var threads = KnownProducts.MostThreads(size);
            if (WinogradProduct.Fits(size) && !joinsColumns && x.IsConstant(weight)
                && Math.Min(size.Channels, size.Outputs) >= FewestChannelsOfWinograd
                && WinogradProduct.PackedLength<T, TTile>(size) <= int.MaxValue / 16)
            {
                var transformed = x.Packed(
                    weight, "winograd", WinogradProduct.PackedLength<T, TTile>(size),
                    (from, to) => memory => WinogradProduct.Pack<T, TTile>(size, from.At<T>(memory), to.At<T>(memory)));
                var length = Enumerable.Range(1, threads).Max(t => WinogradProduct.ScratchLength<T, TTile>(size, t));
                var blocks = x.Scratch(_dtype, [length]);
                x.Add(memory => WinogradProduct.Run<T, TTile>(
                    size, Math.Min(threads, ThreadTeam.ThreadsOfCaller), Of(image, memory), transformed.At<T>(memory), target.At<T>(memory),
                    ends.Of(memory), blocks.At<T>(memory)));
                return;
            }

            var strips = x.Packed(
                weight, "strips", ImageProduct.PackedLength<T, TTile>(size),
                (from, to) => memory => ImageProduct.Pack<T, TTile>(size, from.At<T>(memory), to.At<T>(memory)));
            var count = ImageProduct.Parts<T, TTile>(size, joinsColumns);
            var scratch = x.Scratch(_dtype, [Math.Min(threads, count), ImageProduct.ScratchLength<T, TTile>(size, joinsColumns)]);
            x.Add(memory => ThreadTeam.Shared.Run(
                Math.Min(threads, ThreadTeam.ThreadsOfCaller), count, new ImageProductWork<T, TTile, Epilogue<T>>(
                    size, joinsColumns, Of(image, memory), strips.Address(memory), target.Address(memory), false, ends.Of(memory),
                    scratch.Address(memory))));
        }

        private static Images<T> Of(Layout image, nint* memory) =>
            new(image.At<T>(memory), (nint)image.Strides[0], (nint)image.Strides[1], (nint)image.Strides[2]);

        /// <summary>The image with channels side by side; if they are few, padded, so that columns of a kernel are one piece.</summary>
        private Layout Pixels(ref ConvolutionSize size, out bool joinsColumns)
        {
            var image = ChannelsLast(AsImages(x[0]));
            var canJoin = size.Groups == 1 && size.X is { Kernel: > 1, Dilation: 1 } && size.Channels < FewestChannelsOfPieces;
            if (canJoin && size.X.Padding > 0)
            {
                var padding = size.X.Padding;
                var padded = x.Scratch(_dtype, [size.Images, size.Y.Size, size.X.Size + (2 * padding), size.Channels]);
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

            if (image.Strides[3] != 1 && image.Shape[3] > 1)
            {
                image = x.Dense(image);
            }

            joinsColumns = canJoin && (image.Strides[2] == size.Channels || size.X.Size == 1);
            return image;
        }

        /// <summary>What is added, in the order of the result.</summary>
        private Layout Term(Layout term, ConvolutionSize size) => x.Dense(ChannelsLast(AsImages(term)));
    }
}
