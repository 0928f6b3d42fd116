namespace Brachy.NN;

/// <summary>A border of one value around the last dim; see <see cref="F.pad(Tensor, PadWidths, double)"/>.</summary>
[Module]
public partial class ConstantPad1d : PadLayer
{
    /// <summary>The value of the border.</summary>
    [Static]
    public partial double Value { get; set; }

    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or two, before and after the last dim; negative numbers cut elements off.</param>
    /// <param name="value">The value of the border.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ConstantPad1d(PadWidths padding, double value)
        : base(padding, 1, nameof(ConstantPad1d)) => Value = value;

    /// <summary>Applies the layer. Usually [N, C, L] or [C, L].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has too few dims, or more is cut off than there is.</exception>
    /// <exception cref="DTypeException">The element type does not hold the value.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, Value);
}

/// <summary>A border of one value around the last 2 dims; see <see cref="F.pad(Tensor, PadWidths, double)"/>.</summary>
[Module]
public partial class ConstantPad2d : PadLayer
{
    /// <summary>The value of the border.</summary>
    [Static]
    public partial double Value { get; set; }

    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or four, left, right, top and bottom; negative numbers cut elements off.</param>
    /// <param name="value">The value of the border.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ConstantPad2d(PadWidths padding, double value)
        : base(padding, 2, nameof(ConstantPad2d)) => Value = value;

    /// <summary>Applies the layer. Usually [N, C, H, W] or [C, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has too few dims, or more is cut off than there is.</exception>
    /// <exception cref="DTypeException">The element type does not hold the value.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, Value);
}

/// <summary>A border of one value around the last 3 dims; see <see cref="F.pad(Tensor, PadWidths, double)"/>.</summary>
[Module]
public partial class ConstantPad3d : PadLayer
{
    /// <summary>The value of the border.</summary>
    [Static]
    public partial double Value { get; set; }

    /// <summary>A border layer.</summary>
    /// <param name="padding">
    /// One width for all sides, or six, left, right, top, bottom, front and back; negative numbers cut elements off.
    /// </param>
    /// <param name="value">The value of the border.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ConstantPad3d(PadWidths padding, double value)
        : base(padding, 3, nameof(ConstantPad3d)) => Value = value;

    /// <summary>Applies the layer. Usually [N, C, D, H, W] or [C, D, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has too few dims, or more is cut off than there is.</exception>
    /// <exception cref="DTypeException">The element type does not hold the value.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding, Value);
}

/// <summary>A border of zeros around the last dim; see <see cref="F.pad(Tensor, PadWidths, double)"/>.</summary>
[Module]
public partial class ZeroPad1d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or two, before and after the last dim; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ZeroPad1d(PadWidths padding)
        : base(padding, 1, nameof(ZeroPad1d))
    {
    }

    /// <summary>Applies the layer. Usually [N, C, L] or [C, L].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has too few dims, or more is cut off than there is.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding);
}

/// <summary>A border of zeros around the last 2 dims; see <see cref="F.pad(Tensor, PadWidths, double)"/>.</summary>
[Module]
public partial class ZeroPad2d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">One width for all sides, or four, left, right, top and bottom; negative numbers cut elements off.</param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ZeroPad2d(PadWidths padding)
        : base(padding, 2, nameof(ZeroPad2d))
    {
    }

    /// <summary>Applies the layer. Usually [N, C, H, W] or [C, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has too few dims, or more is cut off than there is.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding);
}

/// <summary>A border of zeros around the last 3 dims; see <see cref="F.pad(Tensor, PadWidths, double)"/>.</summary>
[Module]
public partial class ZeroPad3d : PadLayer
{
    /// <summary>A border layer.</summary>
    /// <param name="padding">
    /// One width for all sides, or six, left, right, top, bottom, front and back; negative numbers cut elements off.
    /// </param>
    /// <exception cref="ArgumentException">There are other numbers of widths.</exception>
    public ZeroPad3d(PadWidths padding)
        : base(padding, 3, nameof(ZeroPad3d))
    {
    }

    /// <summary>Applies the layer. Usually [N, C, D, H, W] or [C, D, H, W].</summary>
    /// <exception cref="ShapeException"><paramref name="x"/> has too few dims, or more is cut off than there is.</exception>
    public override Tensor Forward(Tensor x) => F.pad(x, Padding);
}
