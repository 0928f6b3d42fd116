namespace LanguageModel;

/// <summary>The name of an optimizer.</summary>
internal enum OptimizerName
{
    AdamW,
    Lion,
    SGD,
}

/// <summary>What the learning rate does after its warm-up.</summary>
internal enum ScheduleName
{
    None,
    LinearDecay,
    CosineAnnealing,
}

/// <summary>What of the gradient is limited.</summary>
internal enum ClipType
{
    PerCoordinate,
    Norm,
}

/// <summary>The optimizer and its schedule.</summary>
/// <param name="Name">The optimizer.</param>
/// <param name="Lr">The largest learning rate.</param>
/// <param name="WeightDecay">The weight decay.</param>
/// <param name="Betas">The decay rates of the moments; the first is SGD's momentum.</param>
/// <param name="Schedule">What the learning rate does after its warm-up.</param>
/// <param name="WarmupTokens">After how many tokens it has reached its largest value.</param>
/// <param name="Clip">The limit of the gradients; null for none.</param>
/// <param name="ClipType">What of them is limited.</param>
internal sealed record OptimizerSettings(
    OptimizerName Name, double Lr, double WeightDecay, (double First, double Second) Betas, ScheduleName Schedule, long WarmupTokens,
    double? Clip, ClipType ClipType);

/// <summary>How to train.</summary>
/// <param name="BatchSize">Rows of a step.</param>
/// <param name="NumWorkers">Threads that prepare batches; 0 for none besides the training one.</param>
/// <param name="LogFreqSeconds">How often progress is reported.</param>
/// <param name="MaxTokens">After how many tokens training ends.</param>
/// <param name="EvalFreqSteps">After how many steps the held-out text is looked at.</param>
/// <param name="EvalBatches">How much of it.</param>
/// <param name="MixedPrecision">What the network computes in.</param>
/// <param name="MixedPrecisionScalar">What the loss is multiplied by at first, with float16.</param>
/// <param name="Seed">Chooses weights and the order of the text.</param>
/// <param name="Optimizer">The optimizer.</param>
internal sealed record TrainSettings(
    int BatchSize, int NumWorkers, double LogFreqSeconds, long MaxTokens, int EvalFreqSteps, int EvalBatches, Precision MixedPrecision,
    double MixedPrecisionScalar, int Seed, OptimizerSettings Optimizer);
