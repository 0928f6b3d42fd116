namespace Brachy.Extending;

/// <summary>Reverse-mode differentiation of what a trace recorded.</summary>
internal static class Backward
{
    /// <summary>
    /// Gradients of recorded results with respect to some tensors. The rules are made of ops, which a trace that is still
    /// going on records too, so that the result can be differentiated again.
    /// </summary>
    /// <param name="ops">The recorded ops that compute the results.</param>
    /// <param name="outputs">The results.</param>
    /// <param name="cotangents">The gradient that reaches each result from outside; null for zero.</param>
    /// <param name="inputs">What to differentiate by.</param>
    /// <returns>A gradient for each input; null when no result depends on it.</returns>
    public static Tensor?[] Run(
        IReadOnlyList<RecordedOp> ops, IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor?> cotangents, IReadOnlyList<Tensor> inputs)
    {
        var dependent = Dependents(ops, inputs);
        var gradients = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < outputs.Count; i++)
        {
            if (cotangents[i] is { } cotangent && dependent.Contains(outputs[i]))
            {
                Accumulate(gradients, outputs[i], cotangent);
            }
        }

        for (var i = ops.Count - 1; i >= 0; i--)
        {
            Propagate(ops[i], dependent, gradients);
        }

        return [.. inputs.Select(input => gradients.GetValueOrDefault(input))];
    }

    private static HashSet<Tensor> Dependents(IReadOnlyList<RecordedOp> ops, IReadOnlyList<Tensor> inputs)
    {
        var dependent = new HashSet<Tensor>(inputs.Where(t => t.dtype.IsFloatingPoint()), ReferenceEqualityComparer.Instance);
        foreach (var op in ops)
        {
            if (op.Primitive.VjpRule.IsZero || !Array.Exists(op.Inputs, dependent.Contains))
            {
                continue;
            }

            foreach (var output in op.Outputs)
            {
                if (output.dtype.IsFloatingPoint())
                {
                    dependent.Add(output);
                }
            }
        }

        return dependent;
    }

    private static void Propagate(RecordedOp op, HashSet<Tensor> dependent, Dictionary<Tensor, Tensor> gradients)
    {
        var outer = Array.ConvertAll(op.Outputs, output => gradients.GetValueOrDefault(output));
        if (Array.TrueForAll(outer, g => g is null))
        {
            return;
        }

        var needed = Array.ConvertAll(op.Inputs, dependent.Contains);
        if (!Array.Exists(needed, n => n))
        {
            return;
        }

        var rule = op.Primitive.VjpRule.Apply
            ?? throw new DifferentiationException($"'{op.Primitive.Name}' cannot be differentiated: {op.Primitive.VjpRule.Reason}.");
        var inner = rule(outer, op.Outputs, op.Primitive.VjpArgsOf(op.Settings, op.Inputs, needed));
        if (inner.Length != op.Inputs.Length)
        {
            throw new InvalidOperationException(
                $"The vjp of '{op.Primitive.Name}' gave {inner.Length} gradients for {op.Inputs.Length} inputs.");
        }

        for (var i = 0; i < inner.Length; i++)
        {
            if (needed[i] && inner[i] is { } gradient)
            {
                Accumulate(gradients, op.Inputs[i], gradient);
            }
        }

        foreach (var output in op.Outputs)
        {
            gradients.Remove(output);
        }
    }

    private static void Accumulate(Dictionary<Tensor, Tensor> gradients, Tensor target, Tensor gradient)
    {
        var fitted = Fit(gradient, target.Type);
        gradients[target] = gradients.TryGetValue(target, out var sum) ? sum + fitted : fitted;
    }

    /// <summary>Undoes broadcasting and promotion: sums over broadcast dims and casts to the input's element type.</summary>
    internal static Tensor Fit(Tensor gradient, TensorType type)
    {
        if (gradient.shape != type.Shape)
        {
            gradient = F.sum_to(gradient, type.Shape);
        }

        return gradient.dtype == type.DType ? gradient : gradient.to(type.DType);
    }
}
