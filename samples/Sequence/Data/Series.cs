namespace Sequence;

/// <summary>Values at equal distances in time, of which the last are held out.</summary>
/// <param name="Values">All values.</param>
/// <param name="Horizon">How many at the end are held out.</param>
internal sealed record Series(float[] Values, int Horizon)
{
    private readonly (double Mean, double Deviation) _scale = Scale(Values.AsSpan(0, Values.Length - Horizon));

    /// <summary>How many values there are to learn from.</summary>
    public int Known => Values.Length - Horizon;

    /// <summary>The values that are held out.</summary>
    public ReadOnlySpan<float> HeldOut => Values.AsSpan(Known);

    /// <summary>The mean of what is known.</summary>
    public double Mean => _scale.Mean;

    /// <summary>The standard deviation of what is known; 1 if it does not change.</summary>
    public double Deviation => _scale.Deviation;

    /// <summary>A value as the network sees it: its distance from the mean, in deviations.</summary>
    public float Standard(float value) => (float)((value - Mean) / Deviation);

    /// <summary>What <see cref="Standard"/> makes this number of.</summary>
    public double Real(double standard) => Mean + (standard * Deviation);

    private static (double Mean, double Deviation) Scale(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        foreach (var value in values)
        {
            sum += value;
            squares += (double)value * value;
        }

        var mean = sum / values.Length;
        var variance = (squares / values.Length) - (mean * mean);
        return (mean, variance > 1e-12 * mean * mean ? Math.Sqrt(variance) : 1);
    }
}
