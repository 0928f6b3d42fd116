using Brachy.Extending;

namespace Brachy;

/// <summary>The gradient that a user gave to a function of one sample, for a batch.</summary>
/// <param name="inner">That of one sample.</param>
/// <param name="context">The batch.</param>
/// <param name="arguments">The types of the arguments for one sample, and whether each differs from sample to sample.</param>
/// <param name="residuals">The same of what was kept.</param>
internal sealed class BatchedCustomGradient(
    CustomGradient inner, BatchContext context, (TensorType Type, bool IsBatched)[] arguments,
    (TensorType Type, bool IsBatched)[] residuals) : CustomGradient(inner.Name, inner.Results, arguments.Length, residuals.Length)
{
    /// <summary>The rule of the primitive.</summary>
    public static BatchedTensor[] Run(BatchArgs<CustomGradientSettings> x)
    {
        var inner = x.Settings.Function;
        (TensorType, bool) About(int i) => (x.Types[i], x.IsBatched(i));
        var first = inner.Results + inner.Arguments;
        var rule = new BatchedCustomGradient(
            inner, x.Context, [.. Enumerable.Range(inner.Results, inner.Arguments).Select(About)],
            [.. Enumerable.Range(first, inner.Residuals).Select(About)]);

        // The results first: they become the results of the gradient's primitive under other identities.
        Tensor[] inputs = [.. Enumerable.Range(0, x.Count).Select(i => i < inner.Results ? x.Expanded(i) : x[i])];
        return [.. F.CustomGradient.BindAll(new CustomGradientSettings(rule), inputs).Select(result => new BatchedTensor(result, true))];
    }

    /// <inheritdoc/>
    protected override Tensor?[] Gradients(Tensor[] cotangents, Tensor[] kept)
    {
        int[] own = [.. Enumerable.Range(0, kept.Length).Where(i => residuals[i].IsBatched)];
        var inputs = cotangents.Select(g => (g.Type.WithShape([.. g.shape.Skip(1)]), "a gradient"))
            .Concat(own.Select(i => (residuals[i].Type, "what was kept")));
        var given = Array.Empty<int>();
        var function = SampleFunction.Of($"the gradient of {Name}", context.Axis, [.. inputs], sample =>
        {
            var all = (Tensor[])kept.Clone();
            for (var k = 0; k < own.Length; k++)
            {
                all[own[k]] = sample[cotangents.Length + k];
            }

            var gradients = inner.GradientsOfSample(sample[..cotangents.Length], all);
            given = [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null)];
            return [.. given.Select(i => gradients[i]!)];
        });
        var (results, _) = function.Run(context, [.. cotangents, .. own.Select(i => kept[i])]);
        var result = new Tensor?[arguments.Length];
        for (var k = 0; k < given.Length; k++)
        {
            result[given[k]] = BatchedBodies.Fit(results[k], arguments[given[k]].IsBatched, context);
        }

        return result;
    }
}
