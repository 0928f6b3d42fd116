namespace Brachy.Optim;

public abstract partial record Schedule
{
    /// <summary>A value for each step, from a table; the last one from there on.</summary>
    /// <param name="values">The values from step 0 on.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is not finite.</exception>
    public static Schedule Table(params ReadOnlySpan<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("A table needs at least one value.", nameof(values));
        }

        foreach (var value in values)
        {
            Finite(value, nameof(values));
        }

        return new TableSchedule([.. values]);
    }

    /// <summary>
    /// A value that is multiplied at each step by a factor for that step, as MultiplicativeLR. The products are computed here, once; after
    /// <paramref name="steps"/> the value stays.
    /// </summary>
    /// <param name="value">The value at step 0.</param>
    /// <param name="factor">From a step, 1 for the first, to its factor.</param>
    /// <param name="steps">The number of steps whose factors are taken.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The number of steps is negative or above 10 million, or a value is not finite.
    /// </exception>
    public static Schedule Multiplicative(double value, Func<long, double> factor, long steps)
    {
        ArgumentNullException.ThrowIfNull(factor);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(steps, 10_000_000);
        var values = new double[steps + 1];
        values[0] = Finite(value, nameof(value));
        for (var step = 1; step <= steps; step++)
        {
            values[step] = Finite(values[step - 1] * factor(step), nameof(factor));
        }

        return new TableSchedule([.. values]);
    }
}
