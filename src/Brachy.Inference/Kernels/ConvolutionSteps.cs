using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Adds the steps of a convolution of images whose channels lie side by side, by the method that suits its sizes.</summary>
internal static unsafe class ConvolutionSteps
{
    // With fewer, the transforms of Winograd's method cost more than the products save.
    private const int FewestChannelsOfWinograd = 16;

    // Weights that may differ at each run are transformed at each run.
    private const int FewestPixelsOfTransform = 256;

    /// <summary>Whether operands are images over one or two dims, of the type of the result.</summary>
    public static bool AreImages(VectorArgs x, ConvolutionSettings settings) =>
        settings is { Dims: <= 2, Transposed: false } && x.Types.All(type => type.DType == x.Output().DType);

    /// <summary>The sizes of a convolution; over one dim the height is 1.</summary>
    public static ConvolutionSize SizeOf(Shape image, Shape weight, Shape result, ConvolutionSettings settings)
    {
        return new(
            (int)image[0], (int)image[1], (int)result[1], (int)settings.Groups,
            settings.Dims == 1 ? new(1, 1, 1, 0, 1, 1) : Dim(0), Dim(settings.Dims - 1));

        ConvolvedDim Dim(int d) => new(
            (int)image[d + 2], (int)weight[d + 2], (int)settings.Stride[d], (int)settings.Padding[d], (int)settings.Dilation[d],
            (int)result[d + 2]);
    }

    /// <summary>Images with their channels last: [N, height, width, channels].</summary>
    public static Layout ChannelsLast(Layout x) => (x.Shape.Rank == 4 ? x
        : x.Part(0, [x.Shape[0], x.Shape[1], 1, x.Shape[2]], [x.Strides[0], x.Strides[1], 0, x.Strides[2]])).Permuted([0, 2, 3, 1]);

    /// <summary>The same with channels side by side, copied if they must be.</summary>
    public static Layout Pixels(VectorArgs x, Layout images)
    {
        var pixels = ChannelsLast(images);
        return pixels.Strides[3] != 1 && pixels.Shape[3] > 1 ? x.Dense(pixels) : pixels;
    }

    /// <summary>Memory for images with their channels side by side, as a result of the rule.</summary>
    /// <param name="x">The input of the rule.</param>
    /// <param name="result">Which result.</param>
    /// <param name="shape">Its shape.</param>
    public static Layout Images(VectorArgs x, int result, Shape shape)
    {
        var isImage = shape.Rank == 4;
        var target = x.Scratch(x.Output().DType, [shape[0], isImage ? shape[2] : 1, shape[^1], shape[1]]);
        var turned = target.Permuted([0, 3, 1, 2]);
        x.Alias(isImage ? turned : turned.Part(0, shape, [turned.Strides[0], turned.Strides[1], turned.Strides[3]]), result);
        return target;
    }

    /// <summary>Where images lie.</summary>
    public static Images<T> At<T>(Layout image, nint* memory)
        where T : unmanaged => new(image.At<T>(memory), (nint)image.Strides[0], (nint)image.Strides[1], (nint)image.Strides[2]);

    /// <summary>Adds the steps.</summary>
    /// <param name="x">The input of the rule.</param>
    /// <param name="size">The sizes.</param>
    /// <param name="joinsColumns">See <see cref="ImageProduct.Run"/>.</param>
    /// <param name="image">The images, channels last.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="order">How they are read.</param>
    /// <param name="ends">What comes then.</param>
    /// <param name="target">The result, channels last, without gaps.</param>
    public static void Add<T, TTile>(
        VectorArgs x, ConvolutionSize size, bool joinsColumns, Layout image, Layout weight, KernelOrder order, ProductEnd<T> ends,
        Layout target)
        where T : unmanaged
        where TTile : struct, ITile
    {
        if (DepthwiseProduct.Fits(size))
        {
            var channels = x.Packed(
                weight, $"depthwise {order}", DepthwiseProduct.PackedLength<T>(size),
                (from, to) => memory => DepthwiseProduct.Pack(size, order, from.At<T>(memory), to.At<T>(memory)));
            x.Add(memory => ThreadTeam.Run(
                DepthwiseProduct.Parts(size), new DepthwiseWork<T>(
                    size, At<T>(image, memory), channels.Address(memory), target.Address(memory), ends.Of(memory))));
            return;
        }

        var threads = KnownProducts.MostThreads(size);
        if (WinogradProduct.Fits(size) && !joinsColumns && (x.IsConstant(weight) || size.Pixels >= FewestPixelsOfTransform)
            && Math.Min(size.Channels, size.Outputs) >= FewestChannelsOfWinograd
            && WinogradProduct.PackedLength<T, TTile>(size) <= int.MaxValue / 16)
        {
            var transformed = x.Packed(
                weight, $"winograd {order}", WinogradProduct.PackedLength<T, TTile>(size),
                (from, to) => memory => ThreadTeam.Run(
                    WinogradWeights.Parts<T, TTile>(size),
                    new WinogradWeightsWork<T, TTile>(size, order, from.Address(memory), to.Address(memory))));
            var length = Enumerable.Range(1, threads).Max(t => WinogradProduct.ScratchLength<T, TTile>(size, t));
            var blocks = x.Scratch(image.DType, [length]);
            x.Add(memory => WinogradProduct.Run<T, TTile>(
                size, Math.Min(threads, ThreadTeam.ThreadsOfCaller), At<T>(image, memory), transformed.At<T>(memory), target.At<T>(memory),
                ends.Of(memory), blocks.At<T>(memory)));
            return;
        }

        var strips = x.Packed(
            weight, $"strips {order}", ImageProduct.PackedLength<T, TTile>(size),
            (from, to) => memory => ImageProduct.Pack<T, TTile>(size, order, from.At<T>(memory), to.At<T>(memory)));
        var count = ImageProduct.Parts<T, TTile>(size, joinsColumns);
        var scratch = x.Scratch(image.DType, [Math.Min(threads, count), ImageProduct.ScratchLength<T, TTile>(size, joinsColumns)]);
        x.Add(memory => ThreadTeam.Shared.Run(
            Math.Min(threads, ThreadTeam.ThreadsOfCaller), count, new ImageProductWork<T, TTile, Epilogue<T>>(
                size, joinsColumns, At<T>(image, memory), strips.Address(memory), target.Address(memory), false, ends.Of(memory),
                scratch.Address(memory))));
    }
}
