namespace Brachy.Extending;

// Batches of elementwise primitives.
public sealed partial class Batching
{
    /// <summary>
    /// A primitive whose operands broadcast: the same one on operands with the batch in front. A value without dims is weaker in type
    /// promotion than one of a batch, so such are cast first to what one sample is computed in.
    /// </summary>
    public static Batching Elementwise { get; } = Multi(x =>
    {
        var operands = ElementwiseBatching.InPromotedType(x, ElementwiseBatching.Align(x));
        if (x.Primitive.MutatesInputs)
        {
            ElementwiseBatching.ExpandOverwritten(x, operands);
        }

        return ElementwiseBatching.Bind(x, operands);
    });

    /// <summary>
    /// A primitive of operands that all have one shape, and do not broadcast: the same one on operands with the batch in front. Numbers and
    /// scalars that are the same for all samples stay as they are.
    /// </summary>
    public static Batching SameShapes { get; } = Multi(x => ElementwiseBatching.Bind(x, [.. Enumerable.Range(0, x.Count).Select(
        i => x.IsNumber(i) || (!x.IsBatched(i) && x.Types[i].Rank == 0 && x.Outputs[0].Rank > 0) ? x[i] : x.Expanded(i))]));
}

/// <summary>The steps of elementwise batching.</summary>
internal static class ElementwiseBatching
{
    public static Tensor[] Align(BatchArgs x)
    {
        var rank = x.Types.Max(type => type.Rank);
        return [.. Enumerable.Range(0, x.Count).Select(i => x.Aligned(i, rank))];
    }

    /// <summary>
    /// Casts batched operands whose samples have no dims where they would widen the others as they do not for one sample.
    /// </summary>
    public static Tensor[] InPromotedType(BatchArgs x, Tensor[] operands)
    {
        var wanted = Promotion.ResultType(x.Types);
        return Promotion.ResultType(operands.Select(operand => operand.Type)) == wanted
            ? operands
            : [.. operands.Select((operand, i) =>
                x.IsBatched(i) && x.Types[i].Rank == 0 && operand.dtype != DType.Bool ? operand.to(wanted) : operand)];
    }

    /// <summary>Gives operands that the kernel overwrites the shape of the result.</summary>
    public static void ExpandOverwritten(BatchArgs x, Tensor[] operands)
    {
        var results = Array.FindAll(x.Primitive.MutatedInputs(x.Settings, x.Types), i => i >= 0);
        foreach (var i in results)
        {
            operands[i] = x.Expanded(i);
        }
    }

    public static Tensor[] Bind(BatchArgs x, Tensor[] operands)
    {
        var results = x.Primitive.BindUntyped(x.Settings, operands);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = x.InShape(results[i].dtype == x.Outputs[i].DType ? results[i] : results[i].to(x.Outputs[i].DType), i);
        }

        return results;
    }
}
