using Brachy.Extending;

namespace Brachy;

/// <summary>The derivative in forward mode that a user gave to a function of one sample, for a batch.</summary>
/// <param name="inner">That of one sample.</param>
/// <param name="context">The batch.</param>
/// <param name="arguments">The types of the arguments for one sample, and whether each differs from sample to sample.</param>
/// <param name="results">The types of the results for one sample.</param>
internal sealed class BatchedCustomTangent(
    CustomTangent inner, BatchContext context, (TensorType Type, bool IsBatched)[] arguments, TensorType[] results)
    : CustomTangent(inner.Name, inner.Results, arguments.Length)
{
    /// <summary>The rule of the primitive.</summary>
    public static BatchedTensor[] Run(BatchArgs<CustomTangentSettings> x)
    {
        var inner = x.Settings.Function;
        var rule = new BatchedCustomTangent(
            inner, x.Context, [.. Enumerable.Range(inner.Results, inner.Arguments).Select(i => (x.Types[i], x.IsBatched(i)))],
            [.. x.Types.Take(inner.Results)]);
        Tensor[] inputs = [.. Enumerable.Range(0, x.Count).Select(i => i < inner.Results ? x.Expanded(i) : x[i])];
        return [.. F.CustomTangent.BindAll(new CustomTangentSettings(rule), inputs).Select(result => new BatchedTensor(result, true))];
    }

    /// <inheritdoc/>
    protected override Tensor?[] Tangents(Tensor[] given, Tensor[] values, Tensor[] tangents)
    {
        int[] own = [.. Enumerable.Range(0, given.Length).Where(i => arguments[i].IsBatched)];
        var inputs = own.Select(i => (arguments[i].Type, "an argument")).Concat(results.Select(type => (type, "a result")))
            .Concat(own.Select(i => (arguments[i].Type, "a tangent")));
        var there = Array.Empty<int>();
        var function = SampleFunction.Of($"the derivative of {Name}", context.Axis, [.. inputs], sample =>
        {
            var (primals, directions) = ((Tensor[])given.Clone(), (Tensor[])tangents.Clone());
            for (var k = 0; k < own.Length; k++)
            {
                (primals[own[k]], directions[own[k]]) = (sample[k], sample[own.Length + results.Length + k]);
            }

            var pushed = inner.TangentsOfSample(primals, sample[own.Length..(own.Length + results.Length)], directions);
            there = [.. Enumerable.Range(0, pushed.Length).Where(i => pushed[i] is not null)];
            return [.. there.Select(i => pushed[i]!)];
        });
        var (batched, _) = function.Run(context, [.. own.Select(i => given[i]), .. values, .. own.Select(i => tangents[i])]);
        var all = new Tensor?[results.Length];
        for (var k = 0; k < there.Length; k++)
        {
            all[there[k]] = BatchedBodies.As(true, batched[k], context);
        }

        return all;
    }
}
