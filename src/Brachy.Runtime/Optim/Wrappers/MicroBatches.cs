using Brachy.CompilerServices;

namespace Brachy.Optim;

public static partial class Optimizer
{
    /// <summary>
    /// One training step on a batch in several parts: the parts run one after the other, and the optimizer gets the mean of
    /// their gradients. The values in between of one part are freed before the next, so that the step needs the memory of
    /// one part. For losses that are means over equal parts, the step is that on the whole batch, unless layers such as
    /// batch norm see the difference.
    /// </summary>
    /// <typeparam name="TBatch">A part of the batch, such as a pair of tensors.</typeparam>
    /// <param name="optimizer">The optimizer's tree.</param>
    /// <param name="config">The optimizer's config.</param>
    /// <param name="model">The model's tree.</param>
    /// <param name="batches">The parts, for example <c>F.chunk(x, 4)</c>; in a jitted function each is traced.</param>
    /// <param name="loss">From the model and a part to the model after the run and the loss (one element).</param>
    /// <returns>The new optimizer and model, and the mean of the losses. Buffers have seen every part, in order.</returns>
    /// <exception cref="ArgumentException">There are no parts.</exception>
    public static (StructureTree Optimizer, StructureTree Model, Tensor Loss) StepMicroBatches<TBatch>(
        StructureTree optimizer, GlobalConfig config, StructureTree model, IReadOnlyList<TBatch> batches,
        Func<StructureTree, TBatch, (StructureTree Model, Tensor Loss)> loss)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(loss);
        if (batches.Count == 0)
        {
            throw new ArgumentException("A step needs at least one batch.", nameof(batches));
        }

        var handler = TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor);
        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        Tensor? meanLoss = null;
        var lossAndGrad = RankGradients.Of((current, lossScale) =>
        {
            var (parameters, ran) = (current.GetParams(), current);
            StructureTree? sum = null;
            meanLoss = null;
            foreach (var batch in batches)
            {
                var ((after, value), grads) = Grad.TreeValueAndGrad<(StructureTree Model, Tensor Loss)>(
                    ran, m => loss(m, batch), result => result.Loss, handler, lossScale);
                ran = after.WithParams(parameters);
                sum = sum is null ? grads : TreePairing.CombineInScope((s, g) => s + g[0], sum, grads);
                meanLoss = meanLoss is null ? value : meanLoss + value;
            }

            meanLoss = meanLoss! / (double)batches.Count;
            return (ran, Gradients.Scale(sum!, F.full([], 1.0 / batches.Count, DType.Float64)), meanLoss);
        }, optimizer);
        LossAndGrad observed = (current, lossScale) =>
        {
            var result = lossAndGrad(current, lossScale);
            meanLoss = result.Loss;
            return result;
        };
        var newOptimizer = optimizer.Copy();
        var newModel = Update(optimizer).Call(newOptimizer, config, (observed, model));
        if (scope is not null)
        {
            scope.Keep(newOptimizer);
            scope.Keep(newModel);
            scope.Keep(meanLoss!);
        }

        return (newOptimizer, newModel, meanLoss!);
    }
}
