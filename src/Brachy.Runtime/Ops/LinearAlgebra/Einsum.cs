using Brachy.Extending;
using static Brachy.EinsumOperands;
using static Brachy.F;

namespace Brachy;

// Sums of products over named dims.
public static partial class F
{
    /// <summary>
    /// Sums of products in Einstein's notation: each letter names a dim, and letters that the result lacks are summed over.
    /// <c>"ij,jk->ik"</c> is a matrix product, <c>"...ij->...ji"</c> a transpose, <c>"ii"</c> a trace. Products are taken from left to
    /// right, each as one matrix product where that is possible. Element type: that of the operands.
    /// </summary>
    /// <param name="equation">
    /// Letters for the dims of each operand, with commas between operands, then <c>-></c> and the letters of the result. Without it these
    /// are the letters that appear once, in alphabetical order, capitals first. A letter twice in one operand takes the diagonal.
    /// <c>...</c> stands for other dims, which broadcast.
    /// </param>
    /// <param name="operands">As many tensors as the equation has operands, all of one element type. Sizes of 1 broadcast.</param>
    /// <exception cref="ArgumentException">It is not an equation, or not for that many operands.</exception>
    /// <exception cref="ShapeException">The shapes do not fit the equation.</exception>
    /// <exception cref="DTypeException">The element types differ, or there are several operands of type bool.</exception>
    public static Tensor einsum(string equation, params IReadOnlyList<Tensor> operands)
    {
        ArgumentNullException.ThrowIfNull(equation);
        OperandChecks.RequireTensors("einsum", operands);
        var meaning = new EinsumEquation(equation, [.. operands.Select(x => x.shape)]);
        var dtype = operands.FirstOrDefault(x => x.Number is null)?.dtype ?? operands[0].dtype;
        if (operands.FirstOrDefault(x => x.Number is null && x.dtype != dtype) is { } other)
        {
            throw new DTypeException(
                $"einsum(\"{equation}\"): operands have element types {dtype.Name()} and {other.dtype.Name()}; cast one with x.to(dtype).");
        }

        if (operands.Count > 1 && dtype == DType.Bool)
        {
            throw new DTypeException($"einsum(\"{equation}\"): there is no product of bool tensors; cast them with x.to(DType.Float32).");
        }

        var factors = operands.Select((x, i) => Dims(x.Number is null ? x : to(x, dtype), meaning.Inputs[i])).ToList();
        var result = factors[0];
        for (var i = 1; i < factors.Count; i++)
        {
            var later = factors.Skip(i + 1).SelectMany(f => f.Labels).Concat(meaning.Output).ToHashSet();
            result = result.Times(factors[i], later.Contains);
        }

        // Integers widen as in any sum; products keep their type, as in matmul.
        if (factors.Count == 1 && Array.Exists(meaning.Inputs[0], l => !meaning.Output.Contains(l)) && !dtype.IsFloatingPoint())
        {
            result = result with { Value = to(result.Value, DType.Int64) };
        }

        int[] kept = [.. meaning.Output.Where(l => meaning.Sizes[l] != 1)];
        return reshape(result.SumTo(meaning.Output.Contains).InOrder(kept), [.. meaning.Output.Select(l => meaning.Sizes[l])]);
    }

    /// <summary>Contracts the last dims of one tensor with the first of another.</summary>
    /// <param name="left">Any tensor.</param>
    /// <param name="right">Any tensor of the same element type.</param>
    /// <param name="dims">How many dims.</param>
    /// <returns>The dims of left that remain, then those of right.</returns>
    /// <exception cref="ShapeException">The dims do not exist or differ in size.</exception>
    public static Tensor tensordot(Tensor left, Tensor right, long dims = 2)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (dims < 0 || dims > Math.Min(left.ndim, right.ndim))
        {
            throw new ShapeException($"tensordot: {dims} dims of {left.shape} and {right.shape} cannot be contracted; give 0 to "
                + $"{Math.Min(left.ndim, right.ndim)}.");
        }

        var range = Enumerable.Range(0, (int)dims).Select(d => (long)d);
        return tensordot(left, right, [.. range.Select(d => left.ndim - dims + d)], [.. range]);
    }

    /// <summary>Contracts dims of one tensor with dims of another.</summary>
    /// <param name="left">Any tensor.</param>
    /// <param name="right">Any tensor of the same element type.</param>
    /// <param name="left_dims">Dims of left.</param>
    /// <param name="right_dims">The dims of right they belong to, in that order. A size of 1 broadcasts.</param>
    /// <returns>The dims of left that remain, then those of right.</returns>
    /// <exception cref="ShapeException">The dims do not exist, are named twice, or differ in number or size.</exception>
    public static Tensor tensordot(Tensor left, Tensor right, long[] left_dims, long[] right_dims)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(left_dims);
        ArgumentNullException.ThrowIfNull(right_dims);
        if (left_dims.Length != right_dims.Length)
        {
            throw new ShapeException(
                $"tensordot: {left_dims.Length} dims of left do not go with {right_dims.Length} of right; give as many.");
        }

        var ours = left_dims.Length == 0 ? [] : Shapes.NormalizeDims("tensordot", left_dims, left.ndim);
        var theirs = right_dims.Length == 0 ? [] : Shapes.NormalizeDims("tensordot", right_dims, right.ndim);
        if (left.ndim + right.ndim - ours.Length > 52)
        {
            throw new ShapeException($"tensordot: {left.Type} and {right.Type} have too many dims.");
        }

        // An equation with a letter for each dim.
        static char Letter(long i) => (char)(i < 26 ? 'a' + i : 'A' + i - 26);
        var a = Enumerable.Range(0, left.ndim).Select(d => Letter(d)).ToArray();
        var fresh = left.ndim;
        var b = Enumerable.Range(0, right.ndim).Select(d => Array.IndexOf(theirs, d) is >= 0 and var i ? a[ours[i]] : Letter(fresh++))
            .ToArray();
        var rest = a.Where((_, d) => !ours.Contains(d)).Concat(b.Where((_, d) => !theirs.Contains(d)));
        return einsum($"{new string(a)},{new string(b)}->{string.Concat(rest)}", left, right);
    }
}

/// <summary>Operands with a label for each dim.</summary>
file static class EinsumOperands
{
    /// <summary>The diagonals that repeated labels name; without dims of size 1, which a product broadcasts by itself.</summary>
    public static Labelled Dims(Tensor x, int[] labels)
    {
        for (var d = labels.Length - 1; d >= 0; d--)
        {
            var first = Array.IndexOf(labels, labels[d]);
            if (first < d)
            {
                x = diagonal(x, 0, first, d);
                labels = [.. labels.Where((_, i) => i != first && i != d), labels[d]];
                d = labels.Length;
            }
        }

        var sizes = x.shape;
        return new(reshape(x, [.. sizes.Where(size => size != 1)]), [.. labels.Where((_, d) => sizes[d] != 1)]);
    }
}
