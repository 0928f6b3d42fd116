using Brachy;
using Brachy.Optim;

namespace Surgery;

/// <summary>What a training step gives.</summary>
/// <param name="Opt">The optimizer after the step.</param>
/// <param name="Model">The model after the step.</param>
/// <param name="Loss">The mean cross-entropy.</param>
[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

/// <summary>Compiled training and evaluation of any network, edited or not: they go through the tree's own functions.</summary>
public static partial class Training
{
    /// <summary>Forward, gradients and update: one native call.</summary>
    [Jit]
    public static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var logits) = Network.Apply(current, config, x);
            return (current, F.softmax_cross_entropy(logits, y));
        });
        return new StepResult(opt, model, loss);
    }

    /// <summary>The share of points that are classified correctly.</summary>
    public static double Accuracy(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        using var scope = TensorScope.Begin();
        var (_, logits) = Network.JitApply(model, config, x);
        return (double)F.accuracy(logits, y);
    }

    /// <summary>Trains a copy of a model; the model given stays usable.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="x">All points.</param>
    /// <param name="y">Their classes.</param>
    /// <param name="steps">How many steps over all points.</param>
    /// <param name="optimizer">Makes the optimizer; AdamW by default.</param>
    public static StructureTree Run(
        StructureTree model, GlobalConfig config, Tensor x, Tensor y, int steps, Func<StructureTree, Module>? optimizer = null)
    {
        // The step gives its arguments away, so it gets tensors of its own.
        model = model.MapParamsBuffers((_, tensor) => F.clone(tensor));
        var (opt, optConfig) = optimizer is null ? new AdamW(model, lr: 5e-3) : optimizer(model);
        for (var i = 0; i < steps; i++)
        {
            (opt, model, var loss) = StepJit(opt, optConfig, model, config, x, y);
            loss.Dispose();
        }

        return model;
    }
}
