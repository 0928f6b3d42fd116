using Brachy;
using Brachy.Optim;

namespace Quickstart;

/// <summary>What a training step gives.</summary>
/// <param name="Opt">The optimizer after the step.</param>
/// <param name="Model">The model after the step.</param>
/// <param name="Loss">The mean cross-entropy of the batch.</param>
/// <param name="Accuracy">The share of the batch that was classified correctly.</param>
[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss, Tensor Accuracy);

/// <summary>The functions that are compiled: a training step, and an evaluation.</summary>
public static partial class Training
{
    /// <summary>Forward, gradients and update: one native call.</summary>
    [Jit]
    public static StepResult Step(
        [Donate, Example(typeof(AdamW))] StructureTree opt,
        GlobalConfig optConfig,
        [Donate, Example(typeof(Classifier))] StructureTree model,
        GlobalConfig config,
        [Example("B", 784)] Tensor x,
        [Example("B", DType = DType.Int64)] Tensor y)
    {
        (opt, model, var loss, var logits) = Optimizer.Step(opt, optConfig, model, current => Loss(current, config, x, y));
        return new StepResult(opt, model, loss, F.accuracy(logits, y));
    }

    /// <summary>The share of images that are classified correctly, without dropout.</summary>
    [Jit]
    public static Tensor Evaluate(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        var (_, logits) = Classifier.Apply(model, config.With("train_mode", false), x);
        return F.accuracy(logits, y);
    }

    private static (StructureTree Model, Tensor Loss, Tensor Logits) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var logits) = Classifier.Apply(model, config, x);
        return (model, F.softmax_cross_entropy(logits, y), logits);
    }
}
