namespace Brachy;

/// <summary>What a function with a derivative of its own uses besides its argument.</summary>
internal static class CapturedTensors
{
    /// <summary>The traced tensors other than the arguments that results depend on.</summary>
    public static IEnumerable<Tensor> Of(RecordedOp[] ops, Tensor[] results, Tensor[] arguments, Trace trace)
    {
        var wanted = new HashSet<Tensor>(results, ReferenceEqualityComparer.Instance);
        var made = new HashSet<Tensor>(arguments, ReferenceEqualityComparer.Instance);
        foreach (var op in ops.Reverse())
        {
            made.UnionWith(op.Outputs);
            if (!op.Primitive.VjpRule.IsZero && op.Outputs.Any(wanted.Contains))
            {
                wanted.UnionWith(op.Inputs);
            }
        }

        return wanted.Where(tensor => trace.Sees(tensor) && tensor.dtype.IsFloatingPoint() && !made.Contains(tensor));
    }
}
