using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Grid sampling in single steps, whose derivatives are those of its steps.</summary>
internal static class GridSamplingSteps
{
    /// <summary>The values of an input at the points of a grid.</summary>
    public static Tensor GridSampleInSteps(IRuleArgs<GridSampleSettings> x, Tensor input, Tensor grid)
    {
        var (mode, padding, align) = (x.Settings.Mode, x.Settings.PaddingMode, x.Settings.AlignCorners);
        var dims = input.ndim - 2;
        var sizes = input.shape.ToArray()[2..];
        var points = reshape(grid, grid.shape[0], Shape.Create(grid.shape.AsSpan()[1..^1]).NumElements, dims);
        var source = reshape(input, input.shape[0], input.shape[1], Shape.Create(sizes).NumElements);
        var positions = sizes.Select((size, dim) => PositionOf(select(points, 2, dims - 1 - dim), size, align)).ToArray();
        if (mode != "bicubic")
        {
            positions = [.. positions.Select((position, dim) => Inside(position, sizes[dim], padding, align))];
        }

        Tensor? sum = null;
        foreach (var taps in AllTaps([.. positions.Select(position => TapsOf(mode, position))]))
        {
            var places = taps.Select((tap, dim) => mode == "bicubic" ? Inside(tap.Place, sizes[dim], padding, align) : tap.Place).ToArray();
            var value = ElementAt(source, places, sizes);
            foreach (var weight in taps.Select(tap => tap.Weight).OfType<Tensor>())
            {
                value *= unsqueeze(weight, 1);
            }

            sum = sum is null ? value : sum + value;
        }

        return reshape(sum!, [input.shape[0], input.shape[1], .. grid.shape.AsSpan()[1..^1]]);
    }

    /// <summary>A coordinate from -1 to 1 as a position among the elements of a dim.</summary>
    private static Tensor PositionOf(Tensor coordinate, long size, bool align) =>
        align ? (coordinate + 1) * ((size - 1) / 2.0) : ((coordinate + 1) * (double)size - 1) * 0.5;

    /// <summary>Positions outside brought back in; for zeros they stay.</summary>
    private static Tensor Inside(Tensor position, long size, string padding, bool align)
    {
        if (padding == "zeros")
        {
            return position;
        }

        if (padding == "reflection")
        {
            var (low, span) = align ? (0.0, size - 1.0) : (-0.5, (double)size);
            if (span == 0)
            {
                return position * 0;
            }

            var distance = abs(position - low);
            var flips = floor(distance / span);
            var extra = distance - (flips * span);
            position = where(eq(remainder(flips, 2), 0), extra + low, (span + low) - extra);
        }

        return clamp(position, min: 0, max: size - 1);
    }

    /// <summary>The elements along one dim that a position is made of; a weight of null is 1.</summary>
    private static (Tensor Place, Tensor? Weight)[] TapsOf(string mode, Tensor position)
    {
        if (mode == "nearest")
        {
            return [(round(position), null)];
        }

        var place = stop_gradient(floor(position));
        var after = position - place;
        return mode == "bilinear"
            ? [(place, 1 - after), (place + 1, after)]
            : [(place - 1, FarCubic(after + 1)), (place, NearCubic(after)), (place + 1, NearCubic(1 - after)), (
                place + 2, FarCubic(2 - after))];

        static Tensor NearCubic(Tensor t) => ((((Cubic + 2) * t) - (Cubic + 3)) * t * t) + 1;
        static Tensor FarCubic(Tensor t) => (((((Cubic * t) - (5 * Cubic)) * t) + (8 * Cubic)) * t) - (4 * Cubic);
    }

    // The slope of libtorch's cubic convolution.
    private const double Cubic = -0.75;

    private static IEnumerable<(Tensor Place, Tensor? Weight)[]> AllTaps((Tensor Place, Tensor? Weight)[][] byDim)
    {
        IEnumerable<(Tensor Place, Tensor? Weight)[]> all = [[]];
        return byDim.Aggregate(
            all, (rows, taps) => rows.SelectMany(_ => taps, (row, tap) => ((Tensor Place, Tensor? Weight)[])[.. row, tap]));
    }

    /// <summary>[N, C, points] of the elements at whole positions; 0 for those outside.</summary>
    private static Tensor ElementAt(Tensor source, Tensor[] places, long[] sizes)
    {
        Tensor? index = null;
        Tensor? isInside = null;
        for (var dim = 0; dim < sizes.Length; dim++)
        {
            var place = stop_gradient(places[dim]);
            var fits = logical_and(ge(place, 0), le(place, sizes[dim] - 1));
            var within = round(clamp(place, min: 0, max: sizes[dim] - 1)).to(DType.Int64);
            index = index is null ? within : (index * sizes[dim]) + within;
            isInside = isInside is null ? fits : logical_and(isInside, fits);
        }

        var values = gather(source, 2, expand(unsqueeze(index!, 1), source.shape[0], source.shape[1], index!.shape[1]));
        return values * unsqueeze(isInside!, 1).to(source.dtype);
    }
}
