using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>Notes what the nodes of a model do while it is traced.</summary>
internal sealed class SummaryRecorder(Trace trace)
{
    private readonly Dictionary<string, (int Calls, IReadOnlyList<TensorType> Outputs, long Own, long Total)> _nodes = [];
    private int _countedOps;
    private long _counted;
    private long _inside;

    /// <summary>What was noted of a node; its outputs are null if it was never called.</summary>
    public (int Calls, IReadOnlyList<TensorType>? Outputs, long Own, long Total) CallsOf(string path) => _nodes.GetValueOrDefault(path);

    public TOutput Record<TInput, TOutput>(
        string path, ApplyFn<TInput, TOutput> function, StructureTree tree, GlobalConfig config, TInput input)
    {
        var before = Count();
        var siblings = _inside;
        _inside = 0;
        var output = function.Call(tree, config, input);
        var total = Count() - before;
        var own = total - _inside;
        _inside = siblings + total;

        var known = _nodes.GetValueOrDefault(path);
        _nodes[path] = (known.Calls + 1, Types(output), known.Own + own, known.Total + total);
        return output;
    }

    /// <summary>The multiply-adds of all ops so far.</summary>
    private long Count()
    {
        for (; _countedOps < trace.Ops.Count; _countedOps++)
        {
            _counted += (long)trace.Ops[_countedOps].Cost.MultiplyAdds;
        }

        return _counted;
    }

    private static TensorType[] Types<T>(T value) =>
        TreeHandler.Find<T>() is { } handler ? Array.ConvertAll(TreeHandler.Leaves(value, handler), leaf => leaf.Type) : [];
}

/// <summary>Notes the calls of one node.</summary>
internal sealed class SummaryProbe(string path, SummaryRecorder recorder) : IApplyWrapper
{
    public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input) =>
        recorder.Record(path, inner, tree, config, input);
}
