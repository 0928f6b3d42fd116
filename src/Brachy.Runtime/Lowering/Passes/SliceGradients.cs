using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// The gradient of a tensor that was cut into slices is a sum of zeros with one slice filled in each; this joins the slices instead.
/// </summary>
internal static class SliceGradients
{
    public static Graph Run(Graph graph)
    {
        // By the first term, which has no other use. Sums are met after their terms, so that nothing looks down a long sum again.
        var sums = new Dictionary<Tensor, Slices>(ReferenceEqualityComparer.Instance);
        return GraphReplay.Rewrite(graph, (replay, equation, operands) =>
            equation.Primitive == F.Permute ? PermuteSlices(replay, equation, operands[0])
            : equation.Primitive == F.Add ? Joined(replay, equation, operands, sums)
            : null);
    }

    private static IReadOnlyList<Tensor>? Joined(GraphReplay replay, Equation equation, Tensor[] operands, Dictionary<Tensor, Slices> sums)
    {
        var type = equation.Outputs[0].Type;
        if (Terms(replay, operands[0], type, sums) is not { } left || Terms(replay, operands[1], type, sums) is not { } right
            || left.Dim != right.Dim)
        {
            return null;
        }

        var sum = new Slices(left.Dim, left.Length + right.Length, null, left, right);
        sums.Add(operands[0], sum);
        if (sum.Length != type.Shape[sum.Dim])
        {
            return null;
        }

        var (dim, slices) = (sum.Dim, sum.Collect());
        slices.Sort((a, b) => Part(a).Start.CompareTo(Part(b).Start));
        var next = 0L;
        foreach (var slice in slices)
        {
            if (Part(slice).Start != next)
            {
                return null;
            }

            next = Part(slice).End;
        }

        return [F.cat([.. slices.Select(s => s.Inputs[0])], dim)];
    }

    /// <summary>The slices that a term is made of; null when there is anything else in it, or it has another use.</summary>
    private static Slices? Terms(GraphReplay replay, Tensor value, TensorType type, Dictionary<Tensor, Slices> sums)
    {
        if (!value.Type.Equals(type) || !replay.IsUsedOnce(value))
        {
            return null;
        }

        if (replay.DefinitionOf(value, F.SliceBackward) is { } slice)
        {
            return Part(slice) is { Step: 1 } part ? new Slices(Dim(slice), part.End - part.Start, slice, null, null) : null;
        }

        return replay.DefinitionOf(value, F.Add) is { } sum ? sums.GetValueOrDefault(sum.Inputs[0]) : null;
    }

    /// <summary>Permutes before joining: the joined tensor is then laid out as what follows reads it.</summary>
    private static IReadOnlyList<Tensor>? PermuteSlices(GraphReplay replay, Equation equation, Tensor joined)
    {
        if (replay.DefinitionOf(joined, F.Cat) is not { } cat || !replay.IsUsedOnce(joined))
        {
            return null;
        }

        var order = F.Permute.SettingsOf(equation).Dims.Sizes;
        var dim = Shapes.NormalizeDim("cat", F.Cat.SettingsOf(cat).Dim, joined.ndim);
        var moved = Array.FindIndex(order, d => Shapes.NormalizeDim("permute", d, joined.ndim) == dim);
        return [F.cat([.. cat.Inputs.Select(part => F.permute(part, order))], moved)];
    }

    private static int Dim(RecordedOp slice) => Shapes.NormalizeDim("slice", Part(slice).Dim, slice.Outputs[0].ndim);

    private static SliceBackwardSettings Part(RecordedOp slice) => F.SliceBackward.SettingsOf(slice);

    /// <summary>A slice, or a sum of two parts made of slices.</summary>
    /// <param name="Dim">The dim that was cut.</param>
    /// <param name="Length">How long the slices are together.</param>
    /// <param name="Slice">The slice; null for a sum.</param>
    /// <param name="Left">The first part of a sum.</param>
    /// <param name="Right">The second part of a sum.</param>
    private sealed record Slices(int Dim, long Length, RecordedOp? Slice, Slices? Left, Slices? Right)
    {
        public List<RecordedOp> Collect()
        {
            var slices = new List<RecordedOp>();
            var open = new Stack<Slices>([this]);
            while (open.TryPop(out var part))
            {
                if (part.Slice is { } slice)
                {
                    slices.Add(slice);
                    continue;
                }

                open.Push(part.Right!);
                open.Push(part.Left!);
            }

            return slices;
        }
    }
}
