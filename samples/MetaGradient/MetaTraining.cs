using Brachy;
using Brachy.Optim;

namespace MetaGradient;

/// <summary>The batches of some training steps, and the held-out examples that judge them.</summary>
/// <param name="X">[steps, batch, pixels].</param>
/// <param name="Y">[steps, batch].</param>
/// <param name="HeldOutX">[examples, pixels].</param>
/// <param name="HeldOutY">[examples].</param>
[Tree]
public partial record Window(Tensor X, Tensor Y, Tensor HeldOutX, Tensor HeldOutY);

/// <summary>What a meta-step gives.</summary>
/// <param name="Tuner">The optimizer of the hyperparameters.</param>
/// <param name="Hyper">The hyperparameters.</param>
/// <param name="Sgd">The optimizer of the network, after the window.</param>
/// <param name="Model">The network after the window.</param>
/// <param name="Loss">The held-out loss after the window.</param>
[Tree]
public partial record MetaResult(StructureTree Tuner, StructureTree Hyper, StructureTree Sgd, StructureTree Model, Tensor Loss);

/// <summary>Training, and training of how to train.</summary>
public static partial class MetaTraining
{
    /// <summary>
    /// Some training steps, the loss on held-out examples, its gradient by the hyperparameters through all the steps, and an update
    /// of the hyperparameters: one native call.
    /// </summary>
    [Jit]
    public static MetaResult MetaStep(
        [Donate] StructureTree tuner, GlobalConfig tunerConfig, [Donate] StructureTree hyper, [Donate] StructureTree sgd,
        GlobalConfig sgdConfig, [Donate] StructureTree model, GlobalConfig config, Window window)
    {
        (tuner, hyper, var loss, (sgd, model)) = Optimizer.Step(tuner, tunerConfig, hyper, current =>
        {
            var (trained, after, heldOut) = Run(current, sgd, sgdConfig, model, config, window);
            return (current, heldOut, (trained, after));
        });
        return new MetaResult(tuner, hyper, sgd, model, loss);
    }

    /// <summary>
    /// Training steps with given hyperparameters, and the held-out loss after them. Nothing special: any function can be differentiated.
    /// </summary>
    public static (StructureTree Sgd, StructureTree Model, Tensor Loss) Run(
        StructureTree hyper, StructureTree sgd, GlobalConfig sgdConfig, StructureTree model, GlobalConfig config, Window window)
    {
        ArgumentNullException.ThrowIfNull(window);
        (_, sgd) = Hyperparameters.Apply(hyper, GlobalConfig.Empty, sgd);
        for (var i = 0; i < window.X.shape[0]; i++)
        {
            var (x, y) = (F.select(window.X, 0, i), F.select(window.Y, 0, i));
            (sgd, model, _) = Optimizer.Step(sgd, sgdConfig, model, current => Network.Loss(current, config, x, y));
        }

        var (_, loss) = Network.Loss(model, config, window.HeldOutX, window.HeldOutY);
        return (sgd, model, loss);
    }

    /// <summary>One plain training step.</summary>
    [Jit]
    public static (StructureTree Sgd, StructureTree Model) Step(
        [Donate] StructureTree sgd, GlobalConfig sgdConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (sgd, model, _) = Optimizer.Step(sgd, sgdConfig, model, current => Network.Loss(current, config, x, y));
        return (sgd, model);
    }

    /// <summary>The loss and the share of examples that are classified correctly.</summary>
    [Jit]
    public static (Tensor Loss, Tensor Accuracy) Evaluate(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        var (_, logits) = Network.Apply(model, config, x);
        return (F.softmax_cross_entropy(logits, y), F.accuracy(logits, y));
    }
}
