namespace Brachy.NN;

/// <summary>x between a lowest and a highest value; see <see cref="F.hardtanh"/>.</summary>
[Module]
public partial class Hardtanh
{
    /// <summary>The lowest value.</summary>
    [Static]
    public partial double MinVal { get; set; }

    /// <summary>The highest value.</summary>
    [Static]
    public partial double MaxVal { get; set; }

    /// <summary>A clipped straight line.</summary>
    /// <param name="minVal">The lowest value.</param>
    /// <param name="maxVal">The highest value.</param>
    /// <exception cref="ArgumentException">The lowest value is not below the highest.</exception>
    public Hardtanh(double minVal = -1, double maxVal = 1)
    {
        if (!(minVal < maxVal))
        {
            throw new ArgumentException($"Hardtanh: minVal {minVal} must be below maxVal {maxVal}.", nameof(minVal));
        }

        (MinVal, MaxVal) = (minVal, maxVal);
    }

    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.hardtanh(x, MinVal, MaxVal);
}

/// <summary>relu6(x + 3) / 6; see <see cref="F.hardsigmoid"/>.</summary>
[Module]
public partial class Hardsigmoid
{
    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.hardsigmoid(x);
}

/// <summary>x * relu6(x + 3) / 6; see <see cref="F.hardswish"/>.</summary>
[Module]
public partial class Hardswish
{
    /// <summary>Applies the function. Any shape, floating-point.</summary>
    public Tensor Forward(Tensor x) => F.hardswish(x);
}

/// <summary>x, but 0 where its magnitude is small; see <see cref="F.hardshrink"/>.</summary>
[Module]
public partial class Hardshrink
{
    /// <summary>The largest magnitude that becomes 0.</summary>
    [Static]
    public partial double Lambd { get; set; }

    /// <summary>A function that drops small values.</summary>
    /// <param name="lambd">The largest magnitude that becomes 0.</param>
    public Hardshrink(double lambd = 0.5) => Lambd = lambd;

    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.hardshrink(x, Lambd);
}

/// <summary>x moved towards 0; see <see cref="F.softshrink"/>.</summary>
[Module]
public partial class Softshrink
{
    /// <summary>How far x moves.</summary>
    [Static]
    public partial double Lambd { get; set; }

    /// <summary>A function that moves values towards 0.</summary>
    /// <param name="lambd">How far x moves; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="lambd"/> is negative or not a number.</exception>
    public Softshrink(double lambd = 0.5) => Lambd = lambd >= 0
        ? lambd
        : throw new ArgumentOutOfRangeException(nameof(lambd), lambd, "Softshrink: lambd must not be negative.");

    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.softshrink(x, Lambd);
}
