using Brachy.Extending;

namespace Brachy;

/// <summary>What the gradient of a batch computes again: that of each sample, for all of them at once.</summary>
/// <param name="inner">That of one sample.</param>
/// <param name="context">The batch.</param>
/// <param name="operands">The types of the primitive's operands for one sample, and whether each differs from sample to sample.</param>
internal sealed class BatchedRecomputation(Recomputation inner, BatchContext context, (TensorType Type, bool IsBatched)[] operands)
    : Recomputation(inner.Name, inner.Outputs, inner.Inputs, isRecorded: true)
{
    /// <summary>The rule of the primitive. The ops of the function are computed for the batch, too.</summary>
    public static BatchedTensor[] Run(BatchArgs<RecomputationSettings> x)
    {
        var inner = x.Settings.Function;
        if (Trace.Current is not { OpenGradients: > 0 })
        {
            // No gradient of the batch will be asked for.
            return [.. Enumerable.Range(0, inner.Outputs).Select(i => new BatchedTensor(x[i], x.IsBatched(i)))];
        }

        var rule = new BatchedRecomputation(
            inner, x.Context, [.. Enumerable.Range(0, x.Count).Select(i => (x.Types[i], i < inner.Outputs || x.IsBatched(i)))]);
        Tensor[] inputs = [.. Enumerable.Range(0, x.Count).Select(i => i < inner.Outputs ? x.Expanded(i) : x[i])];
        return [.. F.Checkpoint.BindAll(new RecomputationSettings(rule), inputs).Select(result => new BatchedTensor(result, true))];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradients(Tensor?[] cotangents, Tensor[] outputs, Tensor[] used, Func<int, bool> needs)
    {
        Tensor?[] all = [.. cotangents, .. outputs, .. used];
        (TensorType Type, bool IsBatched)[] about = [.. operands[..Outputs], .. operands];
        int[] own = [.. Enumerable.Range(0, all.Length).Where(i => all[i] is not null && about[i].IsBatched)];
        int[] wanted = [];
        var function = SampleFunction.Of(
            $"the gradient of {Name}", context.Axis, [.. own.Select(i => (about[i].Type, "a value of a sample"))], sample =>
            {
                var values = (Tensor?[])all.Clone();
                for (var k = 0; k < own.Length; k++)
                {
                    values[own[k]] = sample[k];
                }

                var gradients = inner.Gradients(values[..Outputs], values[Outputs..(2 * Outputs)]!, values[(2 * Outputs)..]!, needs);
                wanted = [.. Enumerable.Range(0, Inputs).Where(i => gradients[i] is not null)];
                return [.. wanted.Select(i => gradients[i]!)];
            });
        var (results, _) = function.Run(context, [.. own.Select(i => all[i]!)]);
        var fitted = new Tensor?[Inputs];
        for (var k = 0; k < wanted.Length; k++)
        {
            fitted[wanted[k]] = BatchedBodies.Fit(results[k], operands[Outputs + wanted[k]].IsBatched, context);
        }

        return fitted;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Tangents(Tensor[] used, Tensor?[] tangents) =>
        throw new InvalidOperationException("The ops of a batch are recorded.");
}
