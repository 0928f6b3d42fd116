namespace Brachy;

/// <summary>
/// The gradient of a tensor that was cut into slices is a sum of zeros with one slice filled in each; this joins the slices instead.
/// </summary>
internal static class SliceGradients
{
    public static Graph Run(Graph graph) => GraphReplay.Rewrite(graph, (replay, equation, operands) =>
    {
        if (equation.Primitive == F.Permute)
        {
            return PermuteSlices(replay, equation, operands[0]);
        }

        if (equation.Primitive != F.Add)
        {
            return null;
        }

        var slices = new List<RecordedOp>();
        if (!Array.TrueForAll(operands, operand => Collect(replay, operand, slices)))
        {
            return null;
        }

        var dim = Dim(slices[0]);
        slices.Sort((a, b) => Int(a, "start").CompareTo(Int(b, "start")));
        var next = 0L;
        foreach (var slice in slices)
        {
            if (Dim(slice) != dim || Int(slice, "step") != 1 || Int(slice, "start") != next)
            {
                return null;
            }

            next = Int(slice, "end");
        }

        return next == equation.Outputs[0].Type.Shape[dim] ? [F.cat([.. slices.Select(s => s.Inputs[0])], dim)] : null;
    });

    /// <summary>Finds the slices that a sum is made of; false when there is anything else in it.</summary>
    private static bool Collect(GraphReplay replay, Tensor value, List<RecordedOp> slices)
    {
        if (!replay.IsUsedOnce(value))
        {
            return false;
        }

        if (replay.DefinitionOf(value, F.SliceBackward) is { } slice)
        {
            slices.Add(slice);
            return true;
        }

        return replay.DefinitionOf(value, F.Add) is { } sum && Array.TrueForAll(sum.Inputs, part => part.Type.Equals(value.Type) && Collect(replay, part, slices));
    }

    /// <summary>Permutes before joining: the joined tensor is then laid out as what follows reads it.</summary>
    private static IReadOnlyList<Tensor>? PermuteSlices(GraphReplay replay, Equation equation, Tensor joined)
    {
        if (replay.DefinitionOf(joined, F.Cat) is not { } cat || !replay.IsUsedOnce(joined))
        {
            return null;
        }

        var order = (long[])equation.Attributes["dims"]!;
        var dim = Shapes.NormalizeDim("cat", (long)cat.Attributes["dim"]!, joined.ndim);
        var moved = Array.FindIndex(order, d => Shapes.NormalizeDim("permute", d, joined.ndim) == dim);
        return [F.cat([.. cat.Inputs.Select(part => F.permute(part, order))], moved)];
    }

    private static int Dim(RecordedOp slice) => Shapes.NormalizeDim("slice", Int(slice, "dim"), slice.Outputs[0].ndim);

    private static long Int(RecordedOp op, string name) => (long)op.Attributes[name]!;
}
