using Brachy;
using Brachy.Optim;

namespace LanguageModel;

/// <summary>What a training step gives.</summary>
/// <param name="Opt">The optimizer after the step.</param>
/// <param name="Model">The model after the step.</param>
/// <param name="Loss">The mean cross-entropy of the tokens that count.</param>
/// <param name="Correct">How many of them have the highest score, int64.</param>
[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss, Tensor Correct);

/// <summary>The functions that are compiled for training.</summary>
public static partial class TrainingSteps
{
    /// <summary>What stands in place of a token that does not count.</summary>
    public const long Padding = -100;

    /// <summary>
    /// Forward, gradients and update: one native call. With several ranks each has its share of the rows, and gradients and loss are means
    /// over them.
    /// </summary>
    /// <param name="opt">The optimizer.</param>
    /// <param name="optConfig">Its settings.</param>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="rows">
    /// int64 [batch, positions + 1]: each position but the last is read, and each but the first is to be foretold, unless it is
    /// <see cref="Padding"/>.
    /// </param>
    [Jit, DataParallel]
    public static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor rows)
    {
        (opt, model, var loss, var correct) = Optimizer.Step(opt, optConfig, model, current => Loss(current, config, rows, Reduction.Mean));
        return new StepResult(opt, model, loss, correct);
    }

    /// <summary>The sum of the losses of the tokens that count, and how many are foretold correctly.</summary>
    /// <inheritdoc cref="Step"/>
    [Jit]
    public static (Tensor Loss, Tensor Correct) Evaluate(StructureTree model, GlobalConfig config, Tensor rows)
    {
        var (_, loss, correct) = Loss(model, config.With("train_mode", false), rows, Reduction.Sum);
        return (loss, correct);
    }

    private static (StructureTree Model, Tensor Loss, Tensor Correct) Loss(
        StructureTree model, GlobalConfig config, Tensor rows, Reduction reduction)
    {
        var length = rows.shape[1] - 1;
        var targets = F.narrow(rows, 1, 1, length);
        (model, var logits) = StackedAttention.Apply(model, config, F.clamp(F.narrow(rows, 1, 0, length), min: 0));
        var loss = F.softmax_cross_entropy(logits, targets, ignore_index: Padding, reduction: reduction, axis: -1);
        return (model, loss, F.sum(F.eq(F.argmax(logits, -1), targets)));
    }
}
