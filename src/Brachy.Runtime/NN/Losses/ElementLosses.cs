namespace Brachy.NN;

/// <summary>The absolute difference; see <see cref="F.l1_loss"/>.</summary>
[Module]
public partial class L1Loss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses.</param>
    public L1Loss(Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
    }

    /// <summary>The loss of predictions <paramref name="x"/> and what they should be.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.l1_loss(x, target, Reduction);
}

/// <summary>The squared difference; see <see cref="F.mse_loss"/>.</summary>
[Module]
public partial class MSELoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses.</param>
    public MSELoss(Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
    }

    /// <summary>The loss of predictions <paramref name="x"/> and what they should be.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.mse_loss(x, target, Reduction);
}

/// <summary>A parabola near 0 and straight lines from there on; see <see cref="F.smooth_l1_loss"/>.</summary>
[Module]
public partial class SmoothL1Loss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>Where the parabola ends.</summary>
    [Static]
    public partial double Beta { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses.</param>
    /// <param name="beta">Where the parabola ends; 0 for the absolute difference.</param>
    /// <exception cref="ArgumentOutOfRangeException">beta is negative or not a number.</exception>
    public SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1)
        : base(reduction) =>
        Beta = beta >= 0 ? beta : throw new ArgumentOutOfRangeException(nameof(beta), beta, "SmoothL1Loss: beta must not be negative.");

    /// <summary>The loss of predictions <paramref name="x"/> and what they should be.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.smooth_l1_loss(x, target, Reduction, Beta);
}

/// <summary>A parabola near 0 and straight lines of slope delta from there on; see <see cref="F.huber_loss"/>.</summary>
[Module]
public partial class HuberLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>Where the parabola ends.</summary>
    [Static]
    public partial double Delta { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses.</param>
    /// <param name="delta">Where the parabola ends.</param>
    /// <exception cref="ArgumentOutOfRangeException">delta is not positive.</exception>
    public HuberLoss(Reduction reduction = Reduction.Mean, double delta = 1)
        : base(reduction) =>
        Delta = delta > 0 ? delta : throw new ArgumentOutOfRangeException(nameof(delta), delta, "HuberLoss: delta must be positive.");

    /// <summary>The loss of predictions <paramref name="x"/> and what they should be.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.huber_loss(x, target, Reduction, Delta);
}

/// <summary>The Kullback-Leibler divergence from predicted log probabilities to probabilities; see <see cref="F.kl_div"/>.</summary>
[Module]
public partial class KLDivLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>Whether targets are logarithms.</summary>
    [Static]
    public partial bool LogTarget { get; set; }

    /// <summary>Whether the sum is divided by the size of dim 0.</summary>
    [Static]
    public partial bool Batchmean { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="reduction">What to make of the losses, unless <paramref name="batchmean"/> is set.</param>
    /// <param name="logTarget">Whether targets are logarithms.</param>
    /// <param name="batchmean">
    /// Divides the sum by the size of dim 0, in place of the reduction: PyTorch's <c>reduction="batchmean"</c>.
    /// </param>
    public KLDivLoss(Reduction reduction = Reduction.Mean, bool logTarget = false, bool batchmean = false)
        : base(reduction) => (LogTarget, Batchmean) = (logTarget, batchmean);

    /// <summary>The loss of log probabilities <paramref name="x"/> and what the probabilities should be.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.kl_div(x, target, Reduction, LogTarget, Batchmean);
}

/// <summary>Minus the log likelihood of counts under Poisson distributions; see <see cref="F.poisson_nll_loss"/>.</summary>
[Module]
public partial class PoissonNLLLoss : LossLayer<(Tensor, Tensor)>
{
    /// <summary>Whether predictions are logarithms.</summary>
    [Static]
    public partial bool LogInput { get; set; }

    /// <summary>Whether the part that does not depend on predictions is added.</summary>
    [Static]
    public partial bool Full { get; set; }

    /// <summary>Keeps logarithms finite.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="logInput">Whether predictions are logarithms of the expected counts.</param>
    /// <param name="full">Whether to add Stirling's approximation of log(target!).</param>
    /// <param name="eps">Keeps the logarithm of a prediction finite.</param>
    /// <param name="reduction">What to make of the losses.</param>
    public PoissonNLLLoss(bool logInput = true, bool full = false, double eps = 1e-8, Reduction reduction = Reduction.Mean)
        : base(reduction) => (LogInput, Full, Eps) = (logInput, full, eps);

    /// <summary>The loss of expected counts <paramref name="x"/> and the counts.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target) => F.poisson_nll_loss(x, target, LogInput, Full, Eps, Reduction);
}

/// <summary>Minus the log likelihood under normal distributions with given variances; see <see cref="F.gaussian_nll_loss"/>.</summary>
[Module]
public partial class GaussianNLLLoss : LossLayer<(Tensor, Tensor, Tensor)>
{
    /// <summary>Whether the constant is added.</summary>
    [Static]
    public partial bool Full { get; set; }

    /// <summary>The smallest variance.</summary>
    [Static]
    public partial double Eps { get; set; }

    /// <summary>A loss.</summary>
    /// <param name="full">Whether to add the constant log(2 pi) / 2.</param>
    /// <param name="eps">The smallest variance.</param>
    /// <param name="reduction">What to make of the losses.</param>
    /// <exception cref="ArgumentOutOfRangeException">eps is not positive.</exception>
    public GaussianNLLLoss(bool full = false, double eps = 1e-6, Reduction reduction = Reduction.Mean)
        : base(reduction)
    {
        Full = full;
        Eps = eps > 0 ? eps : throw new ArgumentOutOfRangeException(nameof(eps), eps, "GaussianNLLLoss: eps must be positive.");
    }

    /// <summary>The loss of expected values <paramref name="x"/>, values, and variances.</summary>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor target, Tensor var) => F.gaussian_nll_loss(x, target, var, Full, Eps, Reduction);
}
