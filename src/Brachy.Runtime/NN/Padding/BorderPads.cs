namespace Brachy.NN;

/// <summary>A border of mirrored elements around the last dim; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.</summary>
[Module]
public partial class ReflectionPad1d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or two, before and after the last dim; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ReflectionPad1d(PadWidths padding)
        : base(padding, 1, nameof(ReflectionPad1d))
    {
    }

    /// <summary>Applies the layer. [N, C, L] or [C, L].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or mirrors all that there is or more.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "reflect");
}

/// <summary>A border of mirrored elements around the last 2 dims; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.</summary>
[Module]
public partial class ReflectionPad2d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or four, left, right, top and bottom; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ReflectionPad2d(PadWidths padding)
        : base(padding, 2, nameof(ReflectionPad2d))
    {
    }

    /// <summary>Applies the layer. [N, C, H, W] or [C, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or mirrors all that there is or more.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "reflect");
}

/// <summary>A border of mirrored elements around the last 3 dims; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.</summary>
[Module]
public partial class ReflectionPad3d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">
    /// One width for all sides, or six, left, right, top, bottom, front and back; negative numbers cut elements off.
    /// </param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ReflectionPad3d(PadWidths padding)
        : base(padding, 3, nameof(ReflectionPad3d))
    {
    }

    /// <summary>Applies the layer. [N, C, D, H, W] or [C, D, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or mirrors all that there is or more.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "reflect");
}

/// <summary>A border of copies of the edge around the last dim; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.</summary>
[Module]
public partial class ReplicationPad1d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or two, before and after the last dim; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ReplicationPad1d(PadWidths padding)
        : base(padding, 1, nameof(ReplicationPad1d))
    {
    }

    /// <summary>Applies the layer. [N, C, L] or [C, L].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or is cut off.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "replicate");
}

/// <summary>A border of copies of the edge around the last 2 dims; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.</summary>
[Module]
public partial class ReplicationPad2d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or four, left, right, top and bottom; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ReplicationPad2d(PadWidths padding)
        : base(padding, 2, nameof(ReplicationPad2d))
    {
    }

    /// <summary>Applies the layer. [N, C, H, W] or [C, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or is cut off.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "replicate");
}

/// <summary>A border of copies of the edge around the last 3 dims; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.</summary>
[Module]
public partial class ReplicationPad3d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">
    /// One width for all sides, or six, left, right, top, bottom, front and back; negative numbers cut elements off.
    /// </param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ReplicationPad3d(PadWidths padding)
        : base(padding, 3, nameof(ReplicationPad3d))
    {
    }

    /// <summary>Applies the layer. [N, C, D, H, W] or [C, D, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or is cut off.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "replicate");
}

/// <summary>
/// A border of elements from the opposite end around the last dim; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.
/// </summary>
[Module]
public partial class CircularPad1d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or two, before and after the last dim; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public CircularPad1d(PadWidths padding)
        : base(padding, 1, nameof(CircularPad1d))
    {
    }

    /// <summary>Applies the layer. [N, C, L] or [C, L].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or wraps around more than there is.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "circular");
}

/// <summary>
/// A border of elements from the opposite end around the last 2 dims; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.
/// </summary>
[Module]
public partial class CircularPad2d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or four, left, right, top and bottom; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public CircularPad2d(PadWidths padding)
        : base(padding, 2, nameof(CircularPad2d))
    {
    }

    /// <summary>Applies the layer. [N, C, H, W] or [C, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or wraps around more than there is.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "circular");
}

/// <summary>
/// A border of elements from the opposite end around the last 3 dims; see <see cref="F.pad(Tensor, PadWidths, string, double)"/>.
/// </summary>
[Module]
public partial class CircularPad3d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">
    /// One width for all sides, or six, left, right, top, bottom, front and back; negative numbers cut elements off.
    /// </param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public CircularPad3d(PadWidths padding)
        : base(padding, 3, nameof(CircularPad3d))
    {
    }

    /// <summary>Applies the layer. [N, C, D, H, W] or [C, D, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has other dims, or wraps around more than there is.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, "circular");
}
