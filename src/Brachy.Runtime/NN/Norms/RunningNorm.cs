namespace Brachy.NN;

/// <summary>
/// What the batch and instance norms share: weight and bias for each channel, and running statistics. Its members are written by
/// hand, as a generated half belongs to one class.
/// </summary>
public abstract class RunningNorm : Module<Tensor, Tensor>
{
    /// <summary>Builds a new node.</summary>
    protected RunningNorm()
    {
    }

    /// <summary>Views an existing node.</summary>
    protected RunningNorm(ModuleBinding binding)
        : base(binding)
    {
    }

    /// <summary>Scales each channel, [num_features]; null for no scale.</summary>
    public Tensor? Weight
    {
        get => Found(FindParam("weight"));
        set => SetParam("weight", value);
    }

    /// <summary>Shifts each channel, [num_features]; null for no shift.</summary>
    public Tensor? Bias
    {
        get => Found(FindParam("bias"));
        set => SetParam("bias", value);
    }

    /// <summary>The running mean of each channel, [num_features]; null for none.</summary>
    public Tensor? RunningMean
    {
        get => Found(FindBuffer("running_mean"));
        set => SetBuffer("running_mean", value);
    }

    /// <summary>The running unbiased variance of each channel, [num_features]; null for none.</summary>
    public Tensor? RunningVar
    {
        get => Found(FindBuffer("running_var"));
        set => SetBuffer("running_var", value);
    }

    /// <summary>How many batches the running statistics have seen, an int64 scalar; null for no running statistics.</summary>
    public Tensor? NumBatchesTracked
    {
        get => Found(FindBuffer("num_batches_tracked"));
        set => SetBuffer("num_batches_tracked", value);
    }

    /// <summary>The number of channels.</summary>
    public long NumFeatures
    {
        get => GetStatic<long>("num_features");
        set => SetStatic("num_features", value);
    }

    /// <summary>Added to the variance.</summary>
    public double Eps
    {
        get => GetStatic<double>("eps");
        set => SetStatic("eps", value);
    }

    /// <summary>The share of a new batch in the running statistics; null for the mean of all batches.</summary>
    public double? Momentum
    {
        get => GetStatic<double?>("momentum");
        set => SetStatic("momentum", value);
    }

    /// <summary>Whether the model trains.</summary>
    public bool TrainMode => GetConfig("train_mode", true);

    /// <inheritdoc/>
    protected override GlobalConfig DefaultConfig => new(("train_mode", true));

    /// <summary>Sets all members to their initial values, as PyTorch does: weight and variance 1, all else 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numFeatures"/> is not positive.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    protected void Build(long numFeatures, double eps, double? momentum, bool affine, bool trackRunningStats, DType dtype)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numFeatures);
        if (!dtype.IsFloatingPoint())
        {
            throw new DTypeException($"A norm has params of a floating-point type, not {dtype.Name()}.");
        }

        Weight = affine ? F.ones([numFeatures], dtype) : null;
        Bias = affine ? F.zeros([numFeatures], dtype) : null;
        RunningMean = trackRunningStats ? F.zeros([numFeatures], dtype) : null;
        RunningVar = trackRunningStats ? F.ones([numFeatures], dtype) : null;
        NumBatchesTracked = trackRunningStats ? F.zeros([], DType.Int64) : null;
        NumFeatures = numFeatures;
        Eps = eps;
        Momentum = momentum;
    }

    /// <summary>Normalises dim 1 over the batch; in training the running statistics move.</summary>
    private protected Tensor NormalizeBatch(Tensor x)
    {
        var tracks = RunningMean is not null;
        if (!TrainMode || !tracks)
        {
            return F.batch_norm(x, RunningMean, RunningVar, BesideStatistics(Weight), BesideStatistics(Bias), training: !tracks, eps: Eps).output;
        }

        var batches = NumBatchesTracked! + 1;
        (var y, RunningMean, RunningVar) = F.batch_norm(
            x, RunningMean, RunningVar, BesideStatistics(Weight), BesideStatistics(Bias), training: true, Momentum ?? 1 / batches.to(DType.Float64), Eps);
        NumBatchesTracked = batches;
        return y;
    }

    /// <summary>Normalises each channel of each sample; in training the running statistics move, which otherwise are used if there are any.</summary>
    private protected Tensor NormalizeSamples(Tensor x)
    {
        var usesRunning = !TrainMode && RunningMean is not null;

        // PyTorch counts no batches here, and has no mean of all of them.
        var (y, mean, variance) = F.instance_norm(
            x, RunningMean, RunningVar, BesideStatistics(Weight), BesideStatistics(Bias), !usesRunning, Momentum ?? 0, Eps);
        if (!usesRunning && RunningMean is not null)
        {
            (RunningMean, RunningVar) = (mean, variance);
        }

        return y;
    }

    // In mixed precision params are half and buffers are not; the kernels want one type for both.
    private Tensor? BesideStatistics(Tensor? param) => RunningMean is null ? param : param?.to(RunningMean.dtype);

    private protected void RequireChannels(Tensor x, string layer, int channelDim, string shapes, params ReadOnlySpan<int> ranks)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (ranks.IndexOf(x.ndim) < 0)
        {
            throw new ShapeException($"{layer}: x must be {shapes}, but is {x.Type}.");
        }

        if (x.shape[channelDim] != NumFeatures)
        {
            throw new ShapeException($"{layer}: x must have {NumFeatures} channels in dim {channelDim}, but is {x.Type}.");
        }
    }

    private static Tensor? Found(TreeValue value) => value.IsNone ? null : value.Tensor;
}
