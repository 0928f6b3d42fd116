namespace Brachy.Extending;

/// <summary>
/// A linear function as the ops that depend on its inputs; all else was computed when it was made. It is recorded once, for inputs that are
/// zero, and computed for others by using the same ops.
/// </summary>
internal sealed class LinearPart
{
    private readonly Tensor[] _inputs;
    private readonly Tensor?[] _outputs;
    private readonly IReadOnlyList<RecordedOp> _ops;

    private LinearPart(Tensor[] inputs, Tensor?[] outputs, IReadOnlyList<RecordedOp> ops) =>
        (_inputs, _outputs, _ops) = (inputs, outputs, ops);

    /// <summary>Records a linear function.</summary>
    /// <param name="like">Tensors of the types of its inputs.</param>
    /// <param name="function">The function; a result is null for zero. It must not look at values.</param>
    public static LinearPart Of(IReadOnlyList<Tensor> like, Func<Tensor[], Tensor?[]> function)
    {
        Tensor[] zeros = [.. like.Select(x => F.expand(F.zeros([], x.dtype, x.device), x.shape))];
        using var stretch = Stretch<Tensor?[]>.Run("A derivative", zeros, function);
        var varying = new HashSet<Tensor>(stretch.Inputs, ReferenceEqualityComparer.Instance);
        var dependent = new List<RecordedOp>();
        foreach (var op in stretch.Ops.Where(op => Array.Exists(op.Inputs, varying.Contains)))
        {
            varying.UnionWith(op.Outputs);
            dependent.Add(op);
        }

        var live = new HashSet<Tensor>(stretch.Result.OfType<Tensor>(), ReferenceEqualityComparer.Instance);
        var ops = new List<RecordedOp>();
        for (var i = dependent.Count - 1; i >= 0; i--)
        {
            if (Array.Exists(dependent[i].Outputs, live.Contains))
            {
                live.UnionWith(dependent[i].Inputs);
                ops.Add(dependent[i]);
            }
        }

        ops.Reverse();
        var outputs = Array.ConvertAll(stretch.Result, output => output is not null && varying.Contains(output) ? output : null);
        return new(stretch.Inputs, outputs, ops);
    }

    /// <summary>The function of other inputs.</summary>
    /// <param name="inputs">The inputs; null for zero.</param>
    /// <returns>The results; null for zero.</returns>
    public Tensor?[] Apply(IReadOnlyList<Tensor?> inputs)
    {
        var values = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < _inputs.Length; i++)
        {
            values.Add(_inputs[i], inputs[i] ?? _inputs[i]);
        }

        foreach (var op in _ops)
        {
            var outputs = op.Primitive.BindUntyped(op.Settings, Array.ConvertAll(op.Inputs, x => values.GetValueOrDefault(x, x)));
            for (var i = 0; i < outputs.Length; i++)
            {
                values.Add(op.Outputs[i], outputs[i]);
            }
        }

        return Array.ConvertAll(_outputs, output => output is null ? null : values[output]);
    }
}
