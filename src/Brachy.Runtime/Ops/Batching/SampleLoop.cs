using Brachy.Extending;

namespace Brachy;

/// <summary>Computes a primitive for one sample after the other, and says so.</summary>
internal static class SampleLoop
{
    public static BatchedTensor[] Run(BatchArgs x)
    {
        x.Context.FellBack?.Invoke(x.Primitive);
        var results = Trace.Current is { IsSymbolic: true } ? Record(x) : Compute(x);
        return Array.ConvertAll(results, result => new BatchedTensor(result, true));
    }

    private static Tensor[] Record(BatchArgs x)
    {
        int[] batched = [.. Enumerable.Range(0, x.Count).Where(x.IsBatched)];
        var body = TracedBody.Of(
            $"{x.Primitive.Name} of each sample", [.. batched.Select(i => (x.Types[i], "a sample"))],
            slices => x.Primitive.BindUntyped(x.Settings, With(x, batched, slices)));
        return RecordedLoop.Scan(body, [], [.. batched.Select(i => (Func<Tensor>)(() => x[i]))], x.Size, reverse: false);
    }

    private static Tensor[] Compute(BatchArgs x)
    {
        int[] batched = [.. Enumerable.Range(0, x.Count).Where(x.IsBatched)];
        var rows = new Tensor[x.Size][];
        for (var row = 0L; row < x.Size; row++)
        {
            var slices = Array.ConvertAll(batched, i => F.select(x[i], 0, row));
            rows[row] = x.Primitive.BindUntyped(x.Settings, With(x, batched, slices));
        }

        return [.. x.Outputs.Select((type, k) => x.Size > 0
            ? F.stack([.. rows.Select(row => row[k])])
            : F.zeros([0, .. type.Shape], type.DType, type.Device))];
    }

    private static Tensor[] With(BatchArgs x, int[] batched, Tensor[] slices)
    {
        Tensor[] operands = [.. x.Inputs.Select(input => input.Value)];
        for (var k = 0; k < batched.Length; k++)
        {
            operands[batched[k]] = slices[k];
        }

        return operands;
    }
}
