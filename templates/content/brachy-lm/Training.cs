using Brachy;
using Brachy.Optim;

[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

/// <summary>What is compiled. The generator writes StepJit and NextJit, with the same parameters.</summary>
public static partial class Training
{
    /// <summary>Each position predicts the next one. Batch int64 [batch, context + 1].</summary>
    [Jit]
    static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor batch)
    {
        var context = batch.shape[1] - 1;
        var x = F.narrow(batch, 1, 0, context);
        var y = F.narrow(batch, 1, 1, context);
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var logits) = LanguageModel.Apply(current, config, x);
            return (current, F.softmax_cross_entropy(logits, y, axis: -1));
        });
        return new(opt, model, loss);
    }

    /// <summary>Scores of the character after each position, [positions, characters].</summary>
    [Jit]
    internal static Tensor Next(StructureTree model, GlobalConfig config, Tensor codes)
    {
        var (_, logits) = LanguageModel.Apply(model, config.With("train_mode", false), codes);
        return F.squeeze(logits, 0);
    }
}
