namespace Brachy;

/// <summary>
/// A depth, a height and a width, as of a convolution's kernel, stride or padding. Converts from one number for all, and
/// from a triple: <c>F.conv3d(x, weight, padding: (0, 1, 1))</c>.
/// </summary>
/// <param name="Depth">Along the third to last dim.</param>
/// <param name="Height">Along the second to last dim.</param>
/// <param name="Width">Along the last dim.</param>
public readonly record struct Size3d(long Depth, long Height, long Width)
{
    /// <summary>The same number for all.</summary>
    public static implicit operator Size3d(long size) => new(size, size, size);

    /// <summary>A depth, a height and a width.</summary>
    public static implicit operator Size3d((long Depth, long Height, long Width) size) => new(size.Depth, size.Height, size.Width);

    /// <summary>The numbers in the order of the dims.</summary>
    internal long[] ToArray() => [Depth, Height, Width];

    /// <summary>As PyTorch writes it.</summary>
    public override string ToString() => $"({Depth}, {Height}, {Width})";
}
