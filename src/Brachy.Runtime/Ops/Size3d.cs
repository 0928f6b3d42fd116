using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// A depth, a height and a width, as of a convolution's kernel, stride or padding. Converts from one number for all, and
/// from a triple or list: <c>F.conv3d(x, weight, padding: (0, 1, 1))</c>, <c>F.conv3d(x, weight, padding: [0, 1, 1])</c>.
/// </summary>
/// <param name="Depth">Along the third to last dim.</param>
/// <param name="Height">Along the second to last dim.</param>
/// <param name="Width">Along the last dim.</param>
[CollectionBuilder(typeof(Size3d), nameof(Create))]
public readonly record struct Size3d(long Depth, long Height, long Width)
{
    /// <summary>The same number for all.</summary>
    public static implicit operator Size3d(long size) => new(size, size, size);

    /// <summary>A depth, a height and a width.</summary>
    public static implicit operator Size3d((long Depth, long Height, long Width) size) => new(size.Depth, size.Height, size.Width);

    /// <summary>A depth, a height and a width, or one number for all.</summary>
    /// <exception cref="ArgumentException">There are other than one or three numbers.</exception>
    public static Size3d Create(ReadOnlySpan<long> sizes) => sizes switch
    {
        [var all] => all,
        [var depth, var height, var width] => new Size3d(depth, height, width),
        _ => throw new ArgumentException($"A depth, a height and a width are three numbers, or one for all, but there are {sizes.Length}."),
    };

    /// <summary>The depth, the height, then the width.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)ToArray()).GetEnumerator();

    /// <summary>The numbers in the order of the dims.</summary>
    internal long[] ToArray() => [Depth, Height, Width];

    /// <summary>As PyTorch writes it.</summary>
    public override string ToString() => $"({Depth}, {Height}, {Width})";
}
