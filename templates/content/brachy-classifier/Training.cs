using Brachy;
using Brachy.Optim;

[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

/// <summary>What is compiled. The generator writes StepJit and AccuracyJit, with the same parameters.</summary>
public static partial class Training
{
    /// <summary>Forward, gradients and update.</summary>
    [Jit]
    static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var logits) = Classifier.Apply(current, config, x);
            return (current, F.softmax_cross_entropy(logits, y));
        });
        return new(opt, model, loss);
    }

    /// <summary>The share of points that get the highest score for their own class.</summary>
    [Jit]
    static Tensor Accuracy(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        var (_, logits) = Classifier.Apply(model, config.With("train_mode", false), x);
        return F.accuracy(logits, y);
    }
}
