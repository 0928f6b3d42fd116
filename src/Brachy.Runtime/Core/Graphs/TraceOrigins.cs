using Brachy.Extending;

namespace Brachy;

// What is said of a tensor without a value, and from where it came.
internal sealed partial class Trace
{
    public LeakedTensorException LeakError(Tensor tensor)
    {
        if (!_closed && Environment.CurrentManagedThreadId != _thread)
        {
            return new LeakedTensorException(
                $"A traced {tensor.Type} tensor of {Description} is used on another thread; a traced function must stay on the thread that "
                + "called it.");
        }

        return new LeakedTensorException(
            $"A traced {tensor.Type} tensor ({Origin(tensor)}) is used outside {Description}, where it has no value. " +
            "It was stored somewhere that outlives the trace, such as a field or a list; return it from the function instead.");
    }

    public ConcretizationException ConcretizationError(Tensor tensor, string wanted) => new(
        $"{Description} is being traced, so {Article.With(tensor.Type)} tensor has no values yet and {wanted} cannot be read. It is "
        + $"{Origin(tensor)}. "
        + (NearestInstead is { } instead ? $"Here {instead}."
            : "Use F.where for a choice that depends on values, pass the value as a non-tensor (static) argument, or run "
            + "without jit (Jit.Disable)."));

    /// <summary>What is said when the shape of a result would depend on values that a traced tensor does not have.</summary>
    /// <param name="tensor">The traced tensor.</param>
    /// <param name="op">The function that was called.</param>
    /// <param name="instead">What to call in its place, as a sentence without its end.</param>
    public ConcretizationException ShapeError(Tensor tensor, string op, string instead) => new(
        $"{op}: the shape of the result depends on the values of {Article.With(tensor.Type)} tensor, which has none while {Description} is "
        + $"being traced. It is {Origin(tensor)}. {instead}, or "
        + (NearestInstead is null ? "run without jit (Jit.Disable)." : "loop over the samples."));

    private string? NearestInstead => Instead ?? _outer?.NearestInstead;

    /// <summary>Says which arguments a traced tensor was computed from, and by which op.</summary>
    private string Origin(Tensor tensor)
    {
        for (var trace = this; trace is not null; trace = trace._outer)
        {
            if (trace._arguments.TryGetValue(tensor, out var own))
            {
                return $"argument '{own}'";
            }
        }

        var wanted = new HashSet<Tensor>(ReferenceEqualityComparer.Instance) { tensor };
        var sources = new List<string>();
        var producer = FindSources(wanted, sources);
        sources.Reverse();
        var made = producer is null ? "made inside it" : $"the result of '{producer.Name}'";
        return sources.Count switch
        {
            0 => made,
            <= 4 => $"{made}, computed from {string.Join(", ", sources.Select(s => $"'{s}'"))}",
            _ => $"{made}, computed from {string.Join(", ", sources.Take(3).Select(s => $"'{s}'"))} and {sources.Count - 3} more arguments",
        };
    }

    /// <summary>Collects the arguments that tensors were computed from, here and in the traces around this one.</summary>
    /// <returns>What made the last of the tensors.</returns>
    private Primitive? FindSources(HashSet<Tensor> wanted, List<string> sources)
    {
        Primitive? producer = null;
        for (var i = _ops.Count - 1; i >= 0; i--)
        {
            var op = _ops[i];
            if (!Array.Exists(op.Outputs, wanted.Contains))
            {
                continue;
            }

            producer ??= op.Primitive;
            foreach (var input in op.Inputs)
            {
                if (wanted.Add(input) && PathOf(input) is { } path)
                {
                    sources.Add(path);
                }
            }
        }

        return _outer?.FindSources(wanted, sources) is { } outside ? producer ?? outside : producer;
    }

    private string? PathOf(Tensor tensor) => _arguments.GetValueOrDefault(tensor) ?? _outer?.PathOf(tensor);
}
