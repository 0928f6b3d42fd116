namespace Brachy.Compilation;

/// <summary>Types of borders, triangles, elements that indices name, norms and tests.</summary>
internal static class PlacingTypes
{
    public static TensorType[] Pad(TypeArgs x, PadSettings settings)
    {
        var (sizes, pad) = (x[0].Shape.ToArray(), settings.Pad);
        x.Require(pad.Length % 2 == 0 && pad.Length / 2 <= sizes.Length);
        for (var i = 0; i < pad.Length; i++)
        {
            var dim = sizes.Length - 1 - (i / 2);
            x.Require(pad[i] < int.MaxValue && pad[i] >= -x[0].Shape[dim]);
            sizes[dim] += pad[i];
        }

        // Both sides may cut off no more than there is.
        x.Require(Array.TrueForAll(sizes, size => size >= 0) && Enumerable.Range(0, pad.Length / 2).All(i =>
            x[0].Shape[sizes.Length - 1 - i] + Math.Min(pad[2 * i], 0) + Math.Min(pad[(2 * i) + 1], 0) >= 0));
        return [x[0].WithShape(Shape.Own(sizes))];
    }

    public static TensorType[] Triangle(TypeArgs x)
    {
        x.Require(x[0].Rank >= 2);
        return [x[0]];
    }

    public static TensorType[] Gather(TypeArgs x, DimSettings settings)
    {
        var dim = x.Dim(settings.Dim);
        x.Require(x[1].DType.IsInteger() && x[1].Rank == x[0].Rank
            && Enumerable.Range(0, x[0].Rank).All(d => d == dim || x[1].Shape[d] <= x[0].Shape[d]));
        return [x[0].WithShape(x[1].Shape)];
    }

    public static TensorType[] Test(TypeArgs x, ReductionSettings settings)
    {
        var dims = x[0].Rank == 0 ? [] : Dims.Normalize(x.Op, settings.Dims.AsSpan(), x[0].Rank);
        return [new(Dims.Reduce(x[0].Shape, dims, settings.KeepDim), x[0].DType == DType.UInt8 ? DType.UInt8 : DType.Bool)];
    }

    public static TensorType[] RmsNorm(TypeArgs x, LayerNormSettings settings) =>
        RowTypes.LayerNorm(x, settings)[..2];

    public static TensorType[] GroupNorm(TypeArgs x, GroupNormSettings settings)
    {
        x.RequireOneDType();
        x.Require(x[0].Rank >= 2 && settings.Groups > 0 && x[0].Shape[1] % settings.Groups == 0);
        RequireChannels(x, 1);
        var statistics = x[0].WithShape([x[0].Shape[0], settings.Groups]);
        return [x[0], statistics, statistics];
    }

    public static TensorType[] BatchNorm(TypeArgs x)
    {
        x.RequireOneDType();
        x.Require(x[0].Rank >= 2 && x.Count >= 3);
        RequireChannels(x, 1);
        return [x[0]];
    }

    private static void RequireChannels(TypeArgs x, int from) => x.Require(x.Inputs.Skip(from).All(type => type.Shape == [x[0].Shape[1]]));
}
