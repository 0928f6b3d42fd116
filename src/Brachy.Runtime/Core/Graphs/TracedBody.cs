using Brachy.Compilation;
using Brachy.Native;

namespace Brachy;

/// <summary>What a function did with symbolic inputs inside a trace that is going on, before it becomes the graph of an equation.</summary>
internal sealed class TracedBody
{
    private readonly Trace _outer;
    private List<RecordedOp> _ops;

    private TracedBody(Trace outer, Tensor[] inputs, Tensor[] outputs, List<RecordedOp> ops, IReadOnlyList<PendingCheck> checks)
    {
        (_outer, Inputs, Outputs, _ops, Checks) = (outer, inputs, outputs, ops, checks);
    }

    public Tensor[] Inputs { get; }

    public Tensor[] Outputs { get; }

    /// <summary>What must be looked at after a run. Whoever uses the body gives it to the trace around.</summary>
    public IReadOnlyList<PendingCheck> Checks { get; }

    /// <summary>The ops that the outputs need, in order.</summary>
    public IReadOnlyList<RecordedOp> Ops => _ops;

    /// <summary>Runs a function on symbolic inputs.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="inputs">The types of the inputs, and their names for messages.</param>
    /// <param name="function">From the inputs to the outputs, none of which is a plain number.</param>
    /// <exception cref="InsufficientExecutionStackException">Bodies are nested too deeply for this thread.</exception>
    public static TracedBody Of(string what, IReadOnlyList<(TensorType Type, string Path)> inputs, Func<Tensor[], Tensor[]> function)
    {
        StackSpace.Require(what);
        var outer = Trace.Current!;
        using var trace = Trace.BeginBody(what);
        var arguments = inputs.Select(input => trace.Argument(input.Type, input.Path)).ToArray();
        var outputs = function(arguments);
        trace.RequireNothingLeft();
        return new(outer, arguments, outputs, LiveOps(trace.Ops, [.. outputs, .. trace.Checks.SelectMany(c => c.Values)]), trace.Checks);
    }

    /// <summary>Does what the body does again, as a part of what is being recorded now.</summary>
    /// <param name="inputs">What takes the place of its inputs.</param>
    /// <returns>Its outputs and checks.</returns>
    public (Tensor[] Outputs, PendingCheck[] Checks) Replay(Tensor[] inputs)
    {
        var values = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Length; i++)
        {
            values.Add(Inputs[i], inputs[i]);
        }

        foreach (var op in _ops)
        {
            var results = op.Primitive.BindUntyped(op.Settings, Array.ConvertAll(op.Inputs, Now));
            for (var i = 0; i < results.Length; i++)
            {
                values.Add(op.Outputs[i], results[i]);
            }
        }

        return (
            Array.ConvertAll(Outputs, Now), [.. Checks.Select(check => check.With(Array.ConvertAll(check.Values, Now)))]);

        Tensor Now(Tensor tensor) => values.GetValueOrDefault(tensor, tensor);
    }

    /// <summary>The same body without its checks.</summary>
    public TracedBody WithoutChecks() => new(_outer, Inputs, Outputs, LiveOps(_ops, Outputs), []);

    /// <summary>The same body with more outputs behind the others.</summary>
    /// <param name="more">Gives them, inside the body.</param>
    public TracedBody WithOutputs(Func<Tensor[]> more)
    {
        using var trace = Trace.BeginBody("the checks of a choice", _ops);
        Tensor[] outputs = [.. Outputs, .. more()];
        return new(_outer, Inputs, outputs, [.. trace.Ops], []);
    }

    /// <summary>Moves what does not depend on the inputs out of the body, so that it is computed once.</summary>
    public void Hoist()
    {
        var varying = new HashSet<Tensor>(Inputs, ReferenceEqualityComparer.Instance);
        var kept = new List<RecordedOp>(_ops.Count);
        foreach (var op in _ops)
        {
            if (Array.Exists(op.Inputs, varying.Contains))
            {
                varying.UnionWith(op.Outputs);
                kept.Add(op);
            }
            else
            {
                _outer.Adopt(op);
            }
        }

        _ops = kept;
    }

    /// <summary>The traced tensors from outside that the body uses, each once; those of a tape have gradients too.</summary>
    public IEnumerable<Tensor> Captured()
    {
        var known = new HashSet<Tensor>(Inputs, ReferenceEqualityComparer.Instance);
        foreach (var op in _ops)
        {
            foreach (var input in op.Inputs.Where(input => input.IsTracked && known.Add(input)))
            {
                yield return input;
            }

            known.UnionWith(op.Outputs);
        }

        foreach (var output in Outputs.Where(output => output.IsTracked && known.Add(output)))
        {
            yield return output;
        }
    }

    /// <summary>The graph.</summary>
    /// <param name="captured">Tensors from outside, which become inputs behind the others.</param>
    /// <param name="more">Values that it is to give besides the outputs.</param>
    public Graph ToGraph(IReadOnlyList<Tensor> captured, IReadOnlyList<Tensor> more) =>
        Graph.FromOps(_ops, [.. Inputs, .. captured], [.. Outputs, .. more]);

    /// <summary>The ops that some tensors need, in order.</summary>
    public static List<RecordedOp> LiveOps(IReadOnlyList<RecordedOp> ops, Tensor[] outputs)
    {
        var live = new HashSet<Tensor>(outputs, ReferenceEqualityComparer.Instance);
        var kept = new List<RecordedOp>(ops.Count);
        for (var i = ops.Count - 1; i >= 0; i--)
        {
            if (Array.Exists(ops[i].Outputs, live.Contains))
            {
                live.UnionWith(ops[i].Inputs);
                kept.Add(ops[i]);
            }
        }

        kept.Reverse();
        return kept;
    }
}
