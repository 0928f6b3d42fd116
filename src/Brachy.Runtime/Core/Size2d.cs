namespace Brachy;

/// <summary>
/// A height and a width, as of a convolution's kernel, stride or padding. Converts from one number for both, and from a
/// pair: <c>F.max_pool2d(x, 3)</c>, <c>F.max_pool2d(x, (3, 5))</c>.
/// </summary>
/// <param name="Height">Along the second to last dim.</param>
/// <param name="Width">Along the last dim.</param>
public readonly record struct Size2d(long Height, long Width)
{
    /// <summary>The same number for both.</summary>
    public static implicit operator Size2d(long size) => new(size, size);

    /// <summary>A height and a width.</summary>
    public static implicit operator Size2d((long Height, long Width) size) => new(size.Height, size.Width);

    /// <summary>The numbers in the order of the dims.</summary>
    internal long[] ToArray() => [Height, Width];

    /// <summary>As PyTorch writes it.</summary>
    public override string ToString() => $"({Height}, {Width})";
}
