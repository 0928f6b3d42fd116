namespace Brachy.NN;

/// <summary>What the layers that compute losses share.</summary>
internal static class LossLayer
{
    /// <summary>Throws unless there is such a reduction.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public static Reduction Check(Reduction reduction) => Enum.IsDefined(reduction)
        ? reduction
        : throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "The reduction must be None, Mean or Sum.");

    /// <summary>Throws unless label smoothing lies in 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    public static double CheckSmoothing(double labelSmoothing) => labelSmoothing is >= 0 and <= 1
        ? labelSmoothing
        : throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "labelSmoothing must lie in 0 to 1.");

    /// <summary>Throws unless a margin is positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static double CheckMargin(double margin) => margin > 0
        ? margin
        : throw new ArgumentOutOfRangeException(nameof(margin), margin, "The margin must be positive.");
}
