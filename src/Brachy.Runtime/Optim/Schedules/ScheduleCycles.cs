namespace Brachy.Optim;

public abstract partial record Schedule
{
    /// <summary>
    /// Rises and falls between two values, one after the other, as CyclicLR (Smith, "Cyclical Learning Rates for Training Neural
    /// Networks", 2017).
    /// </summary>
    /// <param name="baseLr">The smallest value, at the start of each cycle.</param>
    /// <param name="maxLr">The largest value, at the top of the first cycle.</param>
    /// <param name="stepSizeUp">The number of steps of a rise, at least 1.</param>
    /// <param name="stepSizeDown">The number of steps of a fall, at least 1; null for as many as the rise.</param>
    /// <param name="mode">How the height of the cycles changes.</param>
    /// <param name="gamma">The factor of each step in <see cref="CyclicMode.ExpRange"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule Cyclic(
        double baseLr, double maxLr, long stepSizeUp = 2000, long? stepSizeDown = null, CyclicMode mode = CyclicMode.Triangular,
        double gamma = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepSizeUp);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepSizeDown ?? 1, nameof(stepSizeDown));
        Hyperparameter.RequireNonNegative(gamma);
        if (!Enum.IsDefined(mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "Must be CyclicMode.Triangular, Triangular2 or ExpRange.");
        }

        return new CyclicSchedule(
            Finite(baseLr, nameof(baseLr)), Finite(maxLr, nameof(maxLr)), stepSizeUp, stepSizeDown ?? stepSizeUp, mode, gamma);
    }

    /// <summary>The momentum that goes with <see cref="Cyclic"/>: small while the learning rate is large.</summary>
    /// <param name="baseMomentum">The smallest value, at the top of the first cycle.</param>
    /// <param name="maxMomentum">The largest value, at the start of each cycle.</param>
    /// <param name="stepSizeUp">As for the learning rate.</param>
    /// <param name="stepSizeDown">As for the learning rate.</param>
    /// <param name="mode">As for the learning rate.</param>
    /// <param name="gamma">As for the learning rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule CyclicMomentum(
        double baseMomentum = 0.8, double maxMomentum = 0.9, long stepSizeUp = 2000, long? stepSizeDown = null,
        CyclicMode mode = CyclicMode.Triangular, double gamma = 1) =>
        Cyclic(maxMomentum, baseMomentum, stepSizeUp, stepSizeDown, mode, gamma);
}

/// <summary>How the height of the cycles of <see cref="Schedule.Cyclic"/> changes.</summary>
public enum CyclicMode
{
    /// <summary>All are as high.</summary>
    Triangular,

    /// <summary>Each is half as high as the one before.</summary>
    Triangular2,

    /// <summary>Heights fall by a factor at each step.</summary>
    ExpRange,
}
