namespace Brachy.NN;

/// <summary>What the layers that compute losses share: what they make of them. Derive from it to write a loss of your own.</summary>
/// <typeparam name="TInput">What a loss is computed from: a tuple, such as <c>(Tensor, Tensor)</c> for input and target.</typeparam>
[Module]
public abstract partial class LossLayer<TInput> : Module<TInput, Tensor>
{
    /// <summary>What is made of the losses.</summary>
    [Static]
    public partial Reduction Reduction { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such reduction.</exception>
    protected LossLayer(Reduction reduction) => Reduction = Enum.IsDefined(reduction)
        ? reduction
        : throw new ArgumentOutOfRangeException(nameof(reduction), reduction, "The reduction must be None, Mean or Sum.");

    /// <summary>Throws unless label smoothing lies in 0 to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not.</exception>
    private protected static double CheckSmoothing(double labelSmoothing) => labelSmoothing is >= 0 and <= 1
        ? labelSmoothing
        : throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "labelSmoothing must lie in 0 to 1.");

    /// <summary>Throws unless a margin is positive.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    private protected static double CheckMargin(double margin) => margin > 0
        ? margin
        : throw new ArgumentOutOfRangeException(nameof(margin), margin, "The margin must be positive.");
}
