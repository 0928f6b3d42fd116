using Brachy;
using Brachy.Optim;

namespace ResNet;

/// <summary>What a training step gives.</summary>
/// <param name="Opt">The optimizer after the step.</param>
/// <param name="Model">The model after the step.</param>
/// <param name="Loss">The mean cross-entropy.</param>
/// <param name="Correct">How many images have the highest score at their class, int64.</param>
[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss, Tensor Correct);

/// <summary>The functions that are compiled: a training step, and an evaluation.</summary>
public static partial class TrainingSteps
{
    /// <summary>The label of an image that does not count.</summary>
    public const long NoLabel = -100;

    /// <summary>
    /// Normalisation, forward, gradients and update: one native call. With several ranks each has its share of the images, and gradients,
    /// loss and running statistics are means over them.
    /// </summary>
    /// <param name="opt">The optimizer.</param>
    /// <param name="optConfig">Its settings.</param>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="images">uint8 [N, 3, 32, 32].</param>
    /// <param name="labels">int64 [N]; <see cref="NoLabel"/> for images that do not count.</param>
    /// <param name="normalisation">
    /// [2, 3, 1, 1], of the type of the params: mean and deviation of each colour, of values from 0 to 1.
    /// </param>
    [Jit, DataParallel]
    public static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor images, Tensor labels,
        Tensor normalisation)
    {
        (opt, model, var loss, var correct) = Optimizer.Step(
            opt, optConfig, model, current => Loss(current, config, Normalised(images, normalisation), labels, Reduction.Mean));
        return new StepResult(opt, model, loss, F.psum(correct, Rank.Axis));
    }

    /// <summary>The sum of the losses and how many images are classified correctly, with running statistics.</summary>
    /// <inheritdoc cref="Step"/>
    [Jit]
    public static (Tensor Loss, Tensor Correct) Evaluate(
        StructureTree model, GlobalConfig config, Tensor images, Tensor labels, Tensor normalisation)
    {
        var (_, loss, correct) = Loss(model, config.With("train_mode", false), Normalised(images, normalisation), labels, Reduction.Sum);
        return (loss, correct);
    }

    private static Tensor Normalised(Tensor images, Tensor normalisation) =>
        ((images.to(normalisation.dtype) / 255) - F.select(normalisation, 0, 0)) / F.select(normalisation, 0, 1);

    private static (StructureTree Model, Tensor Loss, Tensor Correct) Loss(
        StructureTree model, GlobalConfig config, Tensor images, Tensor labels, Reduction reduction)
    {
        (model, var scores) = model.Apply(config, images);
        var loss = F.softmax_cross_entropy(scores, labels, ignore_index: NoLabel, reduction: reduction);
        return (model, loss, F.sum(F.eq(F.argmax(scores, -1), labels)));
    }
}
