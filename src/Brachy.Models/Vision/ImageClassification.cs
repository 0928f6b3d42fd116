namespace Brachy.Models;

/// <summary>
/// What networks for ImageNet expect of an image: its shorter side resized, the middle cut out, and each colour normalised; torchvision's
/// <c>ImageClassification</c>. It is made of ops, so that it can be part of a compiled step.
/// </summary>
/// <param name="CropSize">The sides of the square in the middle that is left.</param>
/// <param name="ResizeSize">What the shorter side is resized to before; at least <paramref name="CropSize"/>.</param>
public sealed record ImageClassification(long CropSize = 224, long ResizeSize = 256)
{
    /// <summary>The means of red, green and blue over the images of ImageNet, of values from 0 to 1.</summary>
    public static IReadOnlyList<double> ImageNetMean { get; } = [0.485, 0.456, 0.406];

    /// <summary>The standard deviations of red, green and blue over the images of ImageNet, of values from 0 to 1.</summary>
    public static IReadOnlyList<double> ImageNetStd { get; } = [0.229, 0.224, 0.225];

    /// <summary>What is taken from each colour; <see cref="ImageNetMean"/> by default.</summary>
    public IReadOnlyList<double> Mean { get; init; } = ImageNetMean;

    /// <summary>What each colour is then divided by; <see cref="ImageNetStd"/> by default.</summary>
    public IReadOnlyList<double> Std { get; init; } = ImageNetStd;

    /// <summary>Resizes, cuts and normalises. Images become smaller with antialiasing, as PIL's do.</summary>
    /// <param name="images">[N, 3, H, W] or [3, H, W]: bytes from 0 to 255, or floating-point numbers from 0 to 1.</param>
    /// <returns>[N, 3, crop, crop] or [3, crop, crop], float32 for bytes and otherwise of the type of the images.</returns>
    /// <exception cref="ShapeException">The images have another shape, or there are none.</exception>
    /// <exception cref="DTypeException">The images are neither bytes nor floating-point numbers.</exception>
    /// <exception cref="ArgumentException">The sizes are not positive, or the square is larger than the resized image.</exception>
    public Tensor Apply(Tensor images)
    {
        if (CropSize <= 0 || ResizeSize < CropSize)
        {
            throw new ArgumentException(
                $"ImageClassification: a square of {CropSize} must be positive, and fit images whose shorter side is {ResizeSize}.");
        }

        Require(images);
        if (images.ndim == 3)
        {
            return F.squeeze(Apply(F.unsqueeze(images, 0)), 0);
        }

        var (height, width) = (images.shape[2], images.shape[3]);
        if (height == 0 || width == 0)
        {
            throw new ShapeException($"ImageClassification: images {images.Type} have no pixels.");
        }

        var (tall, wide) = height <= width
            ? (ResizeSize, ResizeSize * width / height)
            : (ResizeSize * height / width, ResizeSize);
        if ((tall, wide) != (height, width))
        {
            var values = images.dtype == DType.UInt8 ? images.to(DType.Float32) : images;
            values = F.interpolate(values, new Size2d(tall, wide), "bilinear", antialias: true);
            images = images.dtype == DType.UInt8 ? F.round(values).to(DType.UInt8) : values;
        }

        var (top, left) = (Start(tall), Start(wide));
        images = F.slice(F.slice(images, 2, top, top + CropSize), 3, left, left + CropSize);
        return Normalize(images);
    }

    /// <summary>Only normalises: images stay of their size.</summary>
    /// <param name="images">[N, 3, H, W] or [3, H, W]: bytes from 0 to 255, or floating-point numbers from 0 to 1.</param>
    /// <returns>In the shape of the images, float32 for bytes and otherwise of the type of the images.</returns>
    /// <exception cref="ShapeException">The images have another shape.</exception>
    /// <exception cref="DTypeException">The images are neither bytes nor floating-point numbers.</exception>
    public Tensor Normalize(Tensor images)
    {
        Require(images);
        var values = images.dtype == DType.UInt8 ? images.to(DType.Float32) / 255 : images;
        return (values - OfColours(Mean, nameof(Mean), values)) / OfColours(Std, nameof(Std), values);
    }

    private static void Require(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.ndim is not (3 or 4) || images.shape[images.ndim - 3] != 3)
        {
            throw new ShapeException($"ImageClassification: images {images.Type} must be [N, 3, H, W] or [3, H, W].");
        }

        if (images.dtype != DType.UInt8 && !images.dtype.IsFloatingPoint())
        {
            throw new DTypeException(
                $"ImageClassification: images {images.Type} must be bytes from 0 to 255, or floating-point numbers from 0 to 1.");
        }
    }

    private static Tensor OfColours(IReadOnlyList<double> values, string name, Tensor images) => values.Count == 3
        ? Tensor.FromArray(values.ToArray(), [3, 1, 1]).to(images.dtype).to(images.device)
        : throw new ArgumentException($"ImageClassification: {name} must have three numbers, not {values.Count}.");

    // Halves go to the even number, as in Python.
    private long Start(long size) => (long)Math.Round((size - CropSize) / 2.0);
}
