namespace Brachy.NN;

/// <summary>What the batch and instance norms share: running statistics, beside weight and bias for each channel.</summary>
[Module]
public abstract partial class RunningNorm : AffineNorm
{
    /// <summary>The running mean of each channel, [num_features]; null for none.</summary>
    [Buffer]
    public partial Tensor? RunningMean { get; set; }

    /// <summary>The running unbiased variance of each channel, [num_features]; null for none.</summary>
    [Buffer]
    public partial Tensor? RunningVar { get; set; }

    /// <summary>How many batches the running statistics have seen, an int64 scalar; null for no running statistics.</summary>
    [Buffer]
    public partial Tensor? NumBatchesTracked { get; set; }

    /// <summary>The number of channels.</summary>
    [Static]
    public partial long NumFeatures { get; set; }

    /// <summary>The share of a new batch in the running statistics; null for the mean of all batches.</summary>
    [Static]
    public partial double? Momentum { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>
    /// The names of batches of <see cref="Vmap"/> (its axisName), one inside another; a single one may be given without a list. In training
    /// the statistics are then those of all their samples, and the new running ones the same for all; the function has to be one of such
    /// batches. Null or empty, as by default, for the statistics of x.
    /// </summary>
    [Config("batch_axis")]
    public partial IReadOnlyList<string>? BatchAxes { get; }

    /// <summary>The name in <see cref="BatchAxes"/>, if there is just one.</summary>
    public string? BatchAxis => NamedBatch.OnlyName(BatchAxes);

    /// <summary>A norm whose members have their initial values, as PyTorch's do: weight and variance 1, all else 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="numFeatures"/> is not positive.</exception>
    /// <exception cref="DTypeException"><paramref name="dtype"/> is not a floating-point type.</exception>
    protected RunningNorm(long numFeatures, double eps, double? momentum, bool affine, bool trackRunningStats, DType dtype)
        : base("A norm", Channels(numFeatures), eps, affine, affine, dtype)
    {
        RunningMean = trackRunningStats ? F.zeros([numFeatures], dtype) : null;
        RunningVar = trackRunningStats ? F.ones([numFeatures], dtype) : null;
        NumBatchesTracked = trackRunningStats ? F.zeros([], DType.Int64) : null;
        NumFeatures = numFeatures;
        Momentum = momentum;
    }

    /// <summary>Whether x is a sample of a named batch that has no dim of a batch of its own.</summary>
    private protected bool IsSample(Tensor x, int rank)
    {
        ArgumentNullException.ThrowIfNull(x);
        return BatchAxes is { Count: > 0 } && x.ndim == rank;
    }

    /// <summary>Normalises dim 1 over the batch; in training the running statistics move.</summary>
    private protected Tensor NormalizeBatch(Tensor x, string layer)
    {
        var tracks = RunningMean is not null;
        if ((TrainMode || !tracks) && NamedBatch.Find(layer, BatchAxes) is { } batch)
        {
            return NormalizeBatch(x, layer, batch);
        }

        if (!TrainMode || !tracks)
        {
            return F.batch_norm(
                x, RunningMean, RunningVar, BesideStatistics(Weight), BesideStatistics(Bias), training: !tracks, eps: Eps).output;
        }

        var batches = NumBatchesTracked! + 1;
        (var y, RunningMean, RunningVar) = F.batch_norm(
            x, RunningMean, RunningVar, BesideStatistics(Weight), BesideStatistics(Bias), training: true, Momentum
                ?? 1 / batches.to(DType.Float64), Eps);
        NumBatchesTracked = batches;
        return y;
    }

    private Tensor NormalizeBatch(Tensor x, string layer, NamedBatch batch)
    {
        var batches = NumBatchesTracked is { } seen ? seen + 1 : null;
        (var y, RunningMean, RunningVar) = NamedBatchNorm.Normalize(
            layer, x, (RunningMean, RunningVar), (BesideStatistics(Weight), BesideStatistics(Bias)),
            Momentum ?? (batches is null ? 0 : 1 / batches.to(DType.Float64)), Eps, batch);
        NumBatchesTracked = batches;
        return y;
    }

    /// <summary>
    /// Normalises each channel of each sample; in training the running statistics move, which otherwise are used if there are any.
    /// </summary>
    /// <param name="x">A batch, or one sample without the dim of the batch.</param>
    /// <param name="layer">For messages.</param>
    /// <param name="shapes">For messages.</param>
    /// <param name="sampleRank">The number of dims of a sample.</param>
    private protected Tensor NormalizeSamples(Tensor x, string layer, string shapes, int sampleRank)
    {
        ArgumentNullException.ThrowIfNull(x);
        var isSample = x.ndim == sampleRank;
        RequireChannels(x, layer, isSample ? 0 : 1, shapes, sampleRank, sampleRank + 1);
        return isSample ? F.squeeze(NormalizeSamples(F.unsqueeze(x, 0), layer), 0) : NormalizeSamples(x, layer);
    }

    private Tensor NormalizeSamples(Tensor x, string layer)
    {
        var usesRunning = !TrainMode && RunningMean is not null;

        // PyTorch counts no batches here, and has no mean of all of them.
        var (y, mean, variance) = F.instance_norm(
            x, RunningMean, RunningVar, BesideStatistics(Weight), BesideStatistics(Bias), !usesRunning, Momentum ?? 0, Eps);
        if (!usesRunning && RunningMean is not null)
        {
            (RunningMean, RunningVar) = (OfAll(mean!), OfAll(variance!));
        }

        return y;

        // They are linear in the means over the samples.
        Tensor OfAll(Tensor statistics) => NamedBatch.Find(layer, BatchAxes)?.Mean(statistics) ?? statistics;
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
}
