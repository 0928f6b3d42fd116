using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Functions of truth values.</summary>
internal static unsafe class LogicKernels
{
    /// <summary>Whether both, either or only one of two truth values holds.</summary>
    public static bool Binary(VectorArgs x)
    {
        if (Enumerable.Range(0, 2).Any(i => x.IsNumber(i) || x[i].DType != DType.Bool))
        {
            return false;
        }

        var (left, right) = (x.Dense(x[0].Broadcast(x.Output().Shape)), x.Dense(x[1].Broadcast(x.Output().Shape)));
        var target = x.Result();
        Func<bool, bool, bool> combine = x.Op switch
        {
            "logical_and" => (a, b) => a && b,
            "logical_or" => (a, b) => a || b,
            "logical_xor" => (a, b) => a != b,
            _ => throw new NotSupportedException(x.Op),
        };
        x.AddRows(target.Count, [left, right], [target], (memory, first, count) =>
        {
            var a = left.At<bool>(memory) + first;
            var b = right.At<bool>(memory) + first;
            var result = target.Span<bool>(memory, first, count);
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = combine(a[i], b[i]);
            }
        });
        return true;
    }

    public static bool Not(VectorArgs x)
    {
        if (x.IsNumber(0) || x[0].DType != DType.Bool)
        {
            return false;
        }

        var source = x.Dense(0);
        var target = x.Result();
        x.AddRows(target.Count, [source], [target], (memory, first, count) =>
        {
            var from = source.At<bool>(memory) + first;
            var result = target.Span<bool>(memory, first, count);
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = !from[i];
            }
        });
        return true;
    }
}
