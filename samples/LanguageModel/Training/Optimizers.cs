using Brachy;
using Brachy.Optim;

namespace LanguageModel;

/// <summary>Builds the optimizer that the settings ask for.</summary>
internal static class Optimizers
{
    /// <param name="model">The model.</param>
    /// <param name="settings">The settings; a step counts as many tokens as a batch has positions.</param>
    public static (StructureTree Tree, GlobalConfig Config) Make(StructureTree model, RunSettings settings)
    {
        var (train, optimizer) = (settings.Train, settings.Train.Optimizer);
        Module<(LossAndGrad LossAndGrad, StructureTree Model), StructureTree> result = optimizer.Name switch
        {
            OptimizerName.AdamW =>
                new AdamW(model, optimizer.Lr, optimizer.Betas.First, optimizer.Betas.Second, weightDecay: optimizer.WeightDecay),
            OptimizerName.Lion => new Lion(model, optimizer.Lr, optimizer.Betas.First, optimizer.Betas.Second, optimizer.WeightDecay),
            _ => new SGD(model, optimizer.Lr, momentum: optimizer.Betas.First, weightDecay: optimizer.WeightDecay),
        };
        if (optimizer.Clip is { } clip)
        {
            result = optimizer.ClipType == ClipType.Norm ? new ClipGradNorm(result, clip) : new ClipGradValue(result, clip);
        }

        result = new Scheduled(result, ("**.lr", LearningRate(settings)));
        if (train.MixedPrecision == Precision.Fp16)
        {
            result = new LossScaling(result, initScale: train.MixedPrecisionScalar);
        }

        var (tree, config) = result;
        return (tree, config);
    }

    /// <summary>The tokens that a step counts: padding too, so that the number of steps is known.</summary>
    public static long TokensPerStep(RunSettings settings) => (long)settings.Train.BatchSize * settings.Model.MaxInputLength;

    /// <summary>The number of steps of the whole training.</summary>
    public static long Steps(RunSettings settings) => (settings.Train.MaxTokens + TokensPerStep(settings) - 1) / TokensPerStep(settings);

    /// <summary>The learning rate that the next step uses, or the last one did.</summary>
    public static double LearningRateOf(StructureTree optimizer) => (double)optimizer.Select("**.lr").First().Tensor;

    private static Schedule LearningRate(RunSettings settings)
    {
        var (lr, steps) = (settings.Train.Optimizer.Lr, Steps(settings));
        var schedule = settings.Train.Optimizer.Schedule switch
        {
            ScheduleName.LinearDecay => Schedule.LinearDecay(lr, steps),
            ScheduleName.CosineAnnealing => Schedule.Cosine(lr, steps),
            _ => Schedule.Constant(lr),
        };

        // A rise from 0 would waste the first step.
        var warmup = settings.Train.Optimizer.WarmupTokens / TokensPerStep(settings);
        return warmup > 0 ? Schedule.LinearWarmup(1, warmup, start: 1.0 / (warmup + 1)) * schedule : schedule;
    }
}
