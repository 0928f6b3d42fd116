using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// A choice for a batch: the same one if it is one for all samples; otherwise all branches run, and each sample takes what is its own.
/// </summary>
internal static class SwitchBatching
{
    public static BatchedTensor[] Run(BatchArgs<SwitchSettings> x) =>
        x.IsBatched(0) ? RunAll(x) : Trace.Current is { IsSymbolic: true } ? Record(x) : RunOne(x);

    private static BatchedTensor[] RunAll(BatchArgs<SwitchSettings> x)
    {
        var results = x.Settings.Bodies.Select(body => BatchedReplay.Run(x.Context, body, [.. x.Inputs.Skip(1)])).ToArray();
        var isLast = results.Length - 1;
        var choice = x[0].dtype == DType.Bool ? x[0].to(DType.Int64) : x[0];
        return [.. x.Outputs.Select((_, k) =>
        {
            var chosen = BatchedBodies.As(true, results[isLast][k], x.Context);
            for (var branch = isLast - 1; branch >= 0; branch--)
            {
                chosen = BatchedBodies.Choose(choice <= branch, BatchedBodies.As(true, results[branch][k], x.Context), chosen);
            }

            return new BatchedTensor(chosen, true);
        })];
    }

    private static BatchedTensor[] RunOne(BatchArgs<SwitchSettings> x)
    {
        var choice = x[0].dtype == DType.Bool ? (x[0].item<bool>() ? 1 : 0) : x[0].item<long>();
        var bodies = x.Settings.Bodies;
        return BatchedReplay.Run(x.Context, bodies[(int)Math.Clamp(choice, 0, bodies.Count - 1)], [.. x.Inputs.Skip(1)]);
    }

    private static BatchedTensor[] Record(BatchArgs<SwitchSettings> x)
    {
        bool[] inputs = [.. x.Inputs.Skip(1).Select(input => input.IsBatched)];
        var batched = x.Settings.Bodies.Select(body => BatchedBodies.BatchedOutputs(body, inputs, x.Context))
            .Aggregate((a, b) => [.. a.Zip(b, (one, other) => one || other)]);
        var branches = x.Settings.Bodies.Select(body => TracedBody.Of("a choice for a batch", [], _ =>
            [.. BatchedReplay.Run(x.Context, body, [.. x.Inputs.Skip(1)]).Select(
                (result, k) => BatchedBodies.As(batched[k], result, x.Context))]));
        return [.. RecordedSwitch.Record(x[0], [.. branches]).Select((result, k) => new BatchedTensor(result, batched[k]))];
    }
}
