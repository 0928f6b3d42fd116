using Brachy.Extending;

namespace Brachy;

/// <summary>A batch that is computed a part at a time, to use less memory.</summary>
internal static class VmapChunks
{
    /// <summary>Computes the batch.</summary>
    /// <param name="function">The function of one sample.</param>
    /// <param name="context">The whole batch.</param>
    /// <param name="inputs">Its tensors.</param>
    /// <param name="chunk">The number of samples of a part, fewer than there are.</param>
    public static (BatchedTensor[] Outputs, PendingCheck[] Checks) Run(
        SampleFunction function, BatchContext context, Tensor[] inputs, long chunk)
    {
        var whole = context.Size / chunk;
        var checks = new List<PendingCheck>();
        var parts = new List<Tensor[]>();
        if (Trace.Current is { IsSymbolic: true } && whole > 1)
        {
            parts.Add(RunInLoop(function, context, inputs, chunk, whole));
        }
        else
        {
            for (var i = 0L; i < whole; i++)
            {
                RunPart(i * chunk, chunk);
            }
        }

        if (context.Size % chunk is > 0 and var rest)
        {
            RunPart(whole * chunk, rest);
        }

        return ([.. parts[0].Select((_, k) => new BatchedTensor(F.cat([.. parts.Select(part => part[k])], 0), true))], [.. checks]);

        void RunPart(long first, long size)
        {
            var part = context with { Size = size, First = F.full([], first, DType.Int64), Whole = context.Size };
            var (outputs, own) = function.Run(part, Array.ConvertAll(inputs, input => F.narrow(input, 0, first, size)));
            parts.Add(Array.ConvertAll(outputs, output => BatchedBodies.As(true, output, part)));
            checks.AddRange(own);
        }
    }

    private static Tensor[] RunInLoop(SampleFunction function, BatchContext context, Tensor[] inputs, long chunk, long count)
    {
        Tensor[] slices = [
            F.arange(0, count * chunk, chunk),
            .. inputs.Select(input => F.reshape(F.narrow(input, 0, 0, count * chunk), [count, chunk, .. input.shape.Skip(1)]))];
        var types = slices.Select(slice => (slice.Type.WithShape([.. slice.shape.Skip(1)]), "a chunk"));
        var body = TracedBody.Of("a chunk of a batch", [.. types], arguments =>
        {
            var part = context with { Size = chunk, First = arguments[0], Whole = context.Size };
            var (outputs, checks) = function.Run(part, arguments[1..]);
            Trace.Current!.Checks.AddRange(checks);
            return Array.ConvertAll(outputs, output => BatchedBodies.As(true, output, part));
        });
        var results = RecordedLoop.Scan(
            body, [], [.. slices.Select(slice => (Func<Tensor>)(() => slice))], count, reverse: false);
        return Array.ConvertAll(results, result => F.reshape(result, [count * chunk, .. result.shape.Skip(2)]));
    }
}
