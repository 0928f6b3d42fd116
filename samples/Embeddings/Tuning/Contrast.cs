using Brachy;
using Brachy.Models.Text;
using Brachy.Optim;

namespace Embeddings.Tuning;

/// <summary>What a training step gives.</summary>
/// <param name="Opt">The optimizer after the step.</param>
/// <param name="Model">The model after the step.</param>
/// <param name="Loss">The loss.</param>
[Tree]
internal sealed partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

/// <summary>
/// Training by contrast: of all answers of a batch, a question's own should be the nearest, and the other way round. Source: van den Oord,
/// Li, Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018, arXiv 1807.03748 (InfoNCE).
/// </summary>
internal static partial class Contrast
{
    // As sentence-transformers' MultipleNegativesRankingLoss: cosines times 20.
    private const double Scale = 20;

    /// <summary>Forward, gradients of the adapters and update: one native call.</summary>
    [Jit]
    public static StepResult Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, TokenBatch queries,
        TokenBatch answers)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var first) = Vectors(current, config, queries);
            (current, var second) = Vectors(current, config, answers);
            return (current, Loss(first, second));
        });
        return new(opt, model, loss);
    }

    /// <summary>The loss of vectors of length 1, [pairs, size].</summary>
    public static Tensor Loss(Tensor queries, Tensor answers)
    {
        var cosines = Scale * F.matmul(queries, answers.T);
        var own = F.arange(queries.shape[0]);
        return 0.5 * (F.softmax_cross_entropy(cosines, own) + F.softmax_cross_entropy(cosines.T, own));
    }

    private static (StructureTree Model, Tensor Vectors) Vectors(StructureTree model, GlobalConfig config, TokenBatch batch)
    {
        (model, var output) = Bert.Apply(model, config, batch.InputIds, batch.AttentionMask);
        return (model, MeanPooling.Of(output.LastHiddenState, batch.AttentionMask));
    }
}
