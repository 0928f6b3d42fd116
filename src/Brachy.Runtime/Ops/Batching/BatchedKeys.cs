using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>A use of a primitive, recorded or in a graph.</summary>
internal readonly record struct KeyedOp(
    Primitive Primitive, Settings Settings, IReadOnlyList<object> Inputs, IReadOnlyList<object> Outputs);

/// <summary>Which values are random keys: what is drawn depends on them, and each sample of a batch may be to have its own.</summary>
internal static class BatchedKeys
{
    /// <summary>The values among recorded ops, or variables of a graph, that keys are made of.</summary>
    public static HashSet<object> Of(IReadOnlyList<KeyedOp> ops) => Of(ops, []);

    /// <inheritdoc cref="Of(IReadOnlyList{KeyedOp})"/>
    public static HashSet<object> Of(Graph graph) => Of(OpsOf(graph));

    /// <summary>Keys of which each sample has its own, made of one that is the same for all and of the number of the sample.</summary>
    /// <param name="key">The key, or keys in any shape.</param>
    /// <param name="context">The batch.</param>
    public static Tensor ForEachSample(Tensor key, BatchContext context)
    {
        var numbers = F.arange(context.Size);
        numbers = context.First is { } first ? numbers + first : numbers;
        return TensorKeyMixing.MixEach(key, F.reshape(numbers, [context.Size, .. Enumerable.Repeat(1L, key.ndim)]));
    }

    private static HashSet<object> Of(IReadOnlyList<KeyedOp> ops, IEnumerable<object> wanted)
    {
        var keys = new HashSet<object>(wanted, ReferenceEqualityComparer.Instance);
        foreach (var op in ops.Reverse())
        {
            if (op.Primitive.DrawsByKey)
            {
                keys.Add(op.Inputs[0]);
            }
            else if (op.Settings is LoopSettings loop)
            {
                AddOfLoop(op, loop, keys);
            }
            else if (op.Settings is SwitchSettings choice)
            {
                foreach (var branch in choice.Bodies)
                {
                    var inner = Of(OpsOf(branch), branch.Outputs.Where((_, i) => keys.Contains(op.Outputs[i])));
                    keys.UnionWith(op.Inputs.Skip(1).Where((_, i) => inner.Contains(branch.Inputs[i])));
                }
            }
            else if (op.Outputs.Any(keys.Contains))
            {
                keys.UnionWith(SourcesOf(op));
            }
        }

        return keys;
    }

    private static void AddOfLoop(KeyedOp op, LoopSettings loop, HashSet<object> keys)
    {
        var step = loop.Step.Graph;
        var wanted = new HashSet<object>(step.Outputs.Where((_, i) => keys.Contains(op.Outputs[i])), ReferenceEqualityComparer.Instance);
        int before;
        HashSet<object> inner;
        do
        {
            before = wanted.Count;
            inner = Of(OpsOf(step), wanted);
            wanted.UnionWith(Enumerable.Range(0, loop.Carries).Where(i => inner.Contains(step.Inputs[i])).Select(i => step.Outputs[i]));
        }
        while (wanted.Count > before);

        keys.UnionWith(step.Inputs.Select((input, i) => (input, i)).Where(pair => inner.Contains(pair.input))
            .Select(pair => op.Inputs[loop.FirstCarry + pair.i]));
    }

    /// <summary>The operands that a key is made of: not the numbers that it is mixed with, nor those that choose among several.</summary>
    private static IEnumerable<object> SourcesOf(KeyedOp op)
    {
        var joins = op.Primitive == F.Cat || op.Primitive == F.Stack || op.Primitive == F.Where;
        return joins ? op.Inputs.Where(input => TypeOf(input).DType == DType.Int64) : op.Inputs.Take(1);
    }

    private static TensorType TypeOf(object value) => value is Atom atom ? atom.Type : ((Tensor)value).Type;

    private static KeyedOp[] OpsOf(Graph graph) =>
        [.. graph.Equations.Select(equation => new KeyedOp(equation.Primitive, equation.Settings, equation.Inputs, equation.Outputs))];
}
