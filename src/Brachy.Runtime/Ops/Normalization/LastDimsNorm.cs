using Brachy.Extending;

namespace Brachy;

/// <summary>Norms over the last dims of their input: layer norm and RMS norm.</summary>
internal static class LastDimsNorm
{
    public static void RequireLastDims(string op, Tensor x, Shape normalizedShape)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (normalizedShape.Rank == 0 || normalizedShape.Rank > x.ndim
            || !x.shape.AsSpan()[(x.ndim - normalizedShape.Rank)..].SequenceEqual(normalizedShape.AsSpan()))
        {
            throw new ShapeException(
                $"{op}: normalized_shape {normalizedShape} must have at least one dim and be the sizes of the last dims of x, {x.Type}.");
        }
    }

    /// <summary>The sizes of the dims that are normalised.</summary>
    public static Shape LastDims(RuleArgs x, long dims, int input) => Shape.Create(x.Types[input].Shape.AsSpan()[^(int)dims..]);

    public static NormView LayerView(RuleArgs x, long normalizedDims, int input)
    {
        var (shape, dims) = (x.Types[input].Shape, (int)normalizedDims);
        if (dims < 1 || dims > shape.Rank)
        {
            throw new ShapeException($"{x.Primitive.Name}: there are no last {dims} dims in {x.Types[input]}.");
        }

        var outer = shape.Rank - dims;
        return new(
            shape,
            [.. shape.Take(outer), .. Enumerable.Repeat(1L, dims)],
            [.. Enumerable.Repeat(1L, outer), .. shape.Skip(outer)],
            [.. Enumerable.Range(outer, dims).Select(d => (long)d)]);
    }
}
