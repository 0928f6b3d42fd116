using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// A height and a width, as of a convolution's kernel, stride or padding. Converts from one number for both, and from a
/// pair or list: <c>F.max_pool2d(x, 3)</c>, <c>F.max_pool2d(x, (3, 5))</c>, <c>F.max_pool2d(x, [3, 5])</c>.
/// </summary>
/// <param name="Height">Along the second to last dim.</param>
/// <param name="Width">Along the last dim.</param>
[CollectionBuilder(typeof(Size2d), nameof(Create))]
public readonly record struct Size2d(long Height, long Width)
{
    /// <summary>The same number for both.</summary>
    public static implicit operator Size2d(long size) => new(size, size);

    /// <summary>A height and a width.</summary>
    public static implicit operator Size2d((long Height, long Width) size) => new(size.Height, size.Width);

    /// <summary>A height and a width, or one number for both.</summary>
    /// <exception cref="ArgumentException">There are other than one or two numbers.</exception>
    public static Size2d Create(ReadOnlySpan<long> sizes) => sizes switch
    {
        [var both] => both,
        [var height, var width] => new Size2d(height, width),
        _ => throw new ArgumentException($"A height and a width are two numbers, or one for both, but there are {sizes.Length}."),
    };

    /// <summary>The height, then the width.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)ToArray()).GetEnumerator();

    /// <summary>The numbers in the order of the dims.</summary>
    internal long[] ToArray() => [Height, Width];

    /// <summary>As PyTorch writes it.</summary>
    public override string ToString() => $"({Height}, {Width})";
}
