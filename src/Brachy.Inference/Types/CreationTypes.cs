namespace Brachy.Compilation;

/// <summary>Types of what settings alone say.</summary>
internal static class CreationTypes
{
    public static TensorType[] Full(TypeArgs x, FullSettings settings)
    {
        x.Require(x.Count == 0 && settings.Shape.All(size => size >= 0));
        return [new(settings.Shape, settings.DType)];
    }

    public static TensorType[] Arange(TypeArgs x, ArangeSettings settings)
    {
        x.Require(x.Count == 0 && Count(x, settings) is >= 0 and < (long)Shape.MaxElements);
        return [new([Count(x, settings)], settings.DType)];
    }

    private static long Count(TypeArgs x, ArangeSettings settings)
    {
        var (start, end, step) = (settings.Start.ToDouble(), settings.End.ToDouble(), settings.Step.ToDouble());
        x.Require(double.IsFinite(start) && double.IsFinite(end) && double.IsFinite(step) && step != 0 && settings.DType != DType.Bool);
        if (!settings.DType.IsInteger())
        {
            return (long)Math.Ceiling((end - start) / step);
        }

        var (first, last, by) = ((Int128)settings.Start.ToInt64(), (Int128)settings.End.ToInt64(), (Int128)settings.Step.ToInt64());
        x.Require(by != 0);
        return (long)Int128.Max(0, (last - first + by - Int128.Sign(by)) / by);
    }
}
