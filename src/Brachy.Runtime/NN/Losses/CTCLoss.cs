namespace Brachy.NN;

/// <summary>
/// The loss of sequences whose alignment is not known; see <see cref="F.ctc_loss(Tensor, Tensor, Tensor, Tensor, long, Reduction, bool)"/>.
/// </summary>
[Module]
public partial class CTCLoss : LossLayer<(Tensor, Tensor, Tensor, Tensor)>
{
    /// <summary>The class that stands for nothing.</summary>
    [Static]
    public partial long Blank { get; set; }

    /// <summary>Whether infinite losses become 0.</summary>
    [Static]
    public partial bool ZeroInfinity { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="blank">The class that stands for nothing.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <param name="zeroInfinity">Whether infinite losses, of targets too long for their input, become 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">blank is negative.</exception>
    public CTCLoss(long blank = 0, Reduction reduction = Reduction.Mean, bool zeroInfinity = false)
        : base(reduction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blank);
        (Blank, ZeroInfinity) = (blank, zeroInfinity);
    }

    /// <summary>The loss of log probabilities, [T, N, C] or [T, C], targets, and how much of both counts.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NativeOpException">A length is too large or negative, or a target is no class.</exception>
    public Tensor Forward(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths) =>
        F.ctc_loss(logProbs, targets, inputLengths, targetLengths, Blank, Reduction, ZeroInfinity);
}
