using Brachy.Extending;

namespace Brachy;

/// <summary>Batching rules of families whose settings are of one kind.</summary>
internal static class BatchedFamilies
{
    /// <summary>One dim among the settings.</summary>
    public static Batching<DimSettings> Dim { get; } =
        Batching.Dims<DimSettings>((settings, batch) => settings with { Dim = batch.Dim(settings.Dim) });

    /// <summary>What is counted from the last dim: the same settings.</summary>
    public static Batching LastDims { get; } = Batching.Multi(x =>
    {
        var operands = Enumerable.Range(0, x.Count).Select(
            i => x.IsNumber(i) ? x[i] : x.Types[i].Rank > 0 ? x.Expanded(i) : F.reshape(x.Expanded(i), [x.Size, 1]));
        return [.. x.Primitive.BindUntyped(x.Settings, [.. operands]).Select(x.InShape)];
    });
}
