namespace Brachy;

/// <summary>Equality of single values as compiled code sees them.</summary>
internal static class ValueEquality
{
    /// <summary>Whether two values that hold no collections are the same; reals by their bits, since 0 and -0 divide differently.</summary>
    public static bool LeafEquals(object? left, object? right) => (left, right) switch
    {
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        (float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b),
        (Half a, Half b) => BitConverter.HalfToInt16Bits(a) == BitConverter.HalfToInt16Bits(b),

        // Equal numbers and times that are written otherwise: 1.0 and 1.00, UTC and local, the same moment elsewhere.
        (decimal a, decimal b) => a == b && a.Scale == b.Scale && decimal.IsNegative(a) == decimal.IsNegative(b),
        (DateTime a, DateTime b) => a == b && a.Kind == b.Kind,
        (DateTimeOffset a, DateTimeOffset b) => a.EqualsExact(b),
        _ => Equals(left, right),
    };
}
