using Brachy.Extending;

namespace Brachy;

/// <summary>What slices ask of their positions, whether they are read or written.</summary>
internal static class SlicePositions
{
    public static long ClampPosition(long position, long size) => Math.Clamp(position < 0 ? position + size : position, 0, size);

    public static string IndexText(long index) => index == long.MaxValue ? "^0" : $"{index}";

    public static Shape SlicedShape(AbstractArgs x, SliceSettings settings, Shape shape)
    {
        var dim = Shapes.NormalizeDim(x.Primitive.Name, settings.Dim, shape.Rank);
        var (start, end, step) = (settings.Start, settings.End, settings.Step);
        if (step <= 0)
        {
            throw new ShapeException($"{x.Primitive.Name}: the step must be positive, but is {step}; reverse with x.flip(dim).");
        }

        if (start < 0 || end < start || end > shape[dim])
        {
            throw new ShapeException($"{x.Primitive.Name}: {start} to {end} does not lie inside dim {dim} of {shape}.");
        }

        return Shapes.WithSize(shape, dim, end == start ? 0 : ((end - start - 1) / step) + 1);
    }
}
