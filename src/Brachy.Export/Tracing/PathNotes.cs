using Brachy.Trees;

namespace Brachy.IO.Tracing;

/// <summary>Notes which node of a structure tree recorded which ops of a trace.</summary>
internal sealed class PathNotes
{
    [ThreadStatic]
    private static PathNotes? s_current;

    private readonly Dictionary<Tensor, string> _paths = new(ReferenceEqualityComparer.Instance);

    /// <summary>Runs a function whose nodes write into these notes.</summary>
    public T Run<T>(Func<T> function)
    {
        var outer = s_current;
        s_current = this;
        try
        {
            return function();
        }
        finally
        {
            s_current = outer;
        }
    }

    /// <summary>The path of the node that recorded an op; empty for none.</summary>
    public string PathOf(RecordedOp op) => op.Outputs.Length == 0 ? "" : _paths.GetValueOrDefault(op.Outputs[0], "");

    /// <summary>A copy of a tree whose nodes say so when they run.</summary>
    public static StructureTree Watch(StructureTree tree)
    {
        var copy = tree.Copy();
        foreach (var (path, node) in copy.Nodes())
        {
            node.ApplyFn = node.ApplyFn is { } function ? Watched(function, path) : null;
        }

        return copy;
    }

    /// <summary>The same value, of a tree the copy.</summary>
    public static T Watched<T>(T value) => value is StructureTree tree ? (T)(object)Watch(tree) : value;

    /// <summary>The function of the node at a path, which says so when it runs.</summary>
    public static ApplyFn Watched(ApplyFn function, string path) => function.Wrap("export", new Probe(path));

    private void Note(string path, IReadOnlyList<RecordedOp> ops, int from)
    {
        for (var i = from; i < ops.Count; i++)
        {
            if (ops[i].Outputs.Length > 0)
            {
                // What runs inside is over first.
                _paths.TryAdd(ops[i].Outputs[0], path);
            }
        }
    }

    private sealed record Probe(string Path) : IApplyWrapper
    {
        public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input)
        {
            var before = Trace.Current?.Ops.Count ?? 0;
            var output = inner.Call(tree, config, input);
            if (Trace.Current is { } trace)
            {
                s_current?.Note(Path, trace.Ops, before);
            }

            return output;
        }
    }
}
