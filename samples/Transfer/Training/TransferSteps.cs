using Brachy;
using Brachy.Models;
using Brachy.Optim;

namespace Transfer;

/// <summary>What a training step gives.</summary>
/// <param name="Opt">The optimizer after the step.</param>
/// <param name="Model">The model after the step.</param>
/// <param name="Loss">The mean cross-entropy.</param>
[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

/// <summary>The functions that are compiled. Norms use their running statistics in all of them.</summary>
public static partial class TransferSteps
{
    /// <summary>What the head sees of images, [N, 512].</summary>
    /// <param name="model">The network.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="images">uint8 [N, 3, side, side], red first.</param>
    /// <param name="mean">[3, 1, 1], of blue, green and red.</param>
    [Jit]
    public static Tensor Features(StructureTree model, GlobalConfig config, Tensor images, Tensor mean) =>
        ResNet.Bind(model, config).Features(Prepared(images, mean));

    /// <summary>A step of the head alone: the trunk is frozen, and its features are at hand.</summary>
    /// <param name="opt">The optimizer of the head.</param>
    /// <param name="optConfig">Its settings.</param>
    /// <param name="head">The head.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="features">[N, 512].</param>
    /// <param name="labels">int64 [N].</param>
    [Jit]
    public static StepResult HeadStep(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree head, GlobalConfig config, Tensor features,
        Tensor labels)
    {
        (opt, head, var loss) = Optimizer.Step(opt, optConfig, head, current => Loss(current, config, features, labels));
        return new(opt, head, loss);
    }

    /// <summary>A step of the whole network: what its optimizer has frozen takes no gradients.</summary>
    /// <param name="opt">The optimizer.</param>
    /// <param name="optConfig">Its settings.</param>
    /// <param name="model">The network.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="images">uint8 [N, 3, side, side], red first.</param>
    /// <param name="labels">int64 [N].</param>
    /// <param name="mean">[3, 1, 1], of blue, green and red.</param>
    [Jit]
    public static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor images, Tensor labels,
        Tensor mean)
    {
        (opt, model, var loss) = Optimizer.Step(
            opt, optConfig, model, current => Loss(current, config, Prepared(images, mean), labels));
        return new(opt, model, loss);
    }

    /// <summary>The probability of each class, [N, classes].</summary>
    /// <inheritdoc cref="Features"/>
    [Jit]
    public static Tensor Predict(StructureTree model, GlobalConfig config, Tensor images, Tensor mean) =>
        F.softmax(model.Apply(config, Prepared(images, mean)).Output, -1);

    /// <summary>As the network was trained: blue first, without the mean.</summary>
    private static Tensor Prepared(Tensor images, Tensor mean) => (F.flip(images.to(mean.dtype), 1) - mean) / ImageNetWeights.Scale;

    private static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor labels)
    {
        (model, var scores) = model.Apply(config, x);
        return (model, F.softmax_cross_entropy(scores, labels));
    }
}
