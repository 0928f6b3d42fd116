namespace Brachy.Extending;

/// <summary>Forward-mode differentiation of what a trace recorded.</summary>
internal static class Forward
{
    /// <summary>
    /// Tangents of recorded results, given those of some tensors. The rules are made of ops, which a trace that is still going on records
    /// too, so that the result can be differentiated again.
    /// </summary>
    /// <param name="ops">The recorded ops that compute the results.</param>
    /// <param name="inputs">What to differentiate by.</param>
    /// <param name="tangents">The tangent of each, of its type; null for zero.</param>
    /// <param name="outputs">The results.</param>
    /// <param name="mayReplace">
    /// Whether a loop that computes tangents may take the place of the one that was recorded. The ops are then the last of the trace.
    /// </param>
    /// <returns>A tangent for each result, of its type; null for zero, and for one that is not of a floating-point type.</returns>
    public static Tensor?[] Run(
        IReadOnlyList<RecordedOp> ops, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> tangents, IReadOnlyList<Tensor> outputs,
        bool mayReplace = true)
    {
        var known = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < inputs.Count; i++)
        {
            if (tangents[i] is { } tangent && inputs[i].dtype.IsFloatingPoint())
            {
                known[inputs[i]] = tangent;
            }
        }

        var wanted = Wanted(ops, outputs);
        foreach (var op in ops)
        {
            Propagate(op, wanted, known, mayReplace);
        }

        return [.. outputs.Select(output => known.GetValueOrDefault(output))];
    }

    /// <summary>Makes a tangent that a rule gave one of the result's type.</summary>
    internal static Tensor Fit(Tensor tangent, TensorType type)
    {
        var typed = tangent.dtype == type.DType && tangent.Number is null ? tangent : tangent.to(type.DType);
        return typed.shape == type.Shape ? typed : F.expand(typed, type.Shape);
    }

    /// <summary>The tensors whose tangents count for those of the results.</summary>
    private static HashSet<Tensor> Wanted(IReadOnlyList<RecordedOp> ops, IReadOnlyList<Tensor> outputs)
    {
        var wanted = new HashSet<Tensor>(outputs.Where(t => t.dtype.IsFloatingPoint()), ReferenceEqualityComparer.Instance);
        for (var i = ops.Count - 1; i >= 0; i--)
        {
            var op = ops[i];
            if (op.Primitive.VjpRule.IsZero || !Array.Exists(op.Outputs, wanted.Contains))
            {
                continue;
            }

            var ignores = op.Primitive.JvpRule?.Ignores;
            var args = ignores is null ? null : op.Primitive.JvpArgsOf(op, new Tensor?[op.Inputs.Length], new bool[op.Outputs.Length]);
            for (var k = 0; k < op.Inputs.Length; k++)
            {
                if (op.Inputs[k].dtype.IsFloatingPoint() && ignores?.Invoke(args!, k) != true)
                {
                    wanted.Add(op.Inputs[k]);
                }
            }
        }

        return wanted;
    }

    private static void Propagate(RecordedOp op, HashSet<Tensor> wanted, Dictionary<Tensor, Tensor> known, bool mayReplace)
    {
        if (op.Primitive.VjpRule.IsZero || !Array.Exists(op.Inputs, known.ContainsKey))
        {
            return;
        }

        var needed = Array.ConvertAll(op.Outputs, wanted.Contains);
        if (!Array.Exists(needed, n => n))
        {
            return;
        }

        var args = op.Primitive.JvpArgsOf(op, Array.ConvertAll(op.Inputs, input => known.GetValueOrDefault(input)), needed, mayReplace);
        var given = op.Primitive.JvpRule is { } rule ? rule.Apply(args) : Jvp.Default(args);
        if (given.Length != op.Outputs.Length)
        {
            throw new InvalidOperationException(
                $"The jvp of '{op.Primitive.Name}' gave {given.Length} tangents for {op.Outputs.Length} results.");
        }

        for (var i = 0; i < given.Length; i++)
        {
            if (needed[i] && given[i] is { } tangent)
            {
                known[op.Outputs[i]] = Fit(tangent, op.Outputs[i].Type);
            }
        }
    }
}
