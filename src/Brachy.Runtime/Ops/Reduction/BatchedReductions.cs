using Brachy.Extending;

namespace Brachy;

/// <summary>Batching rules of reductions over dims.</summary>
internal static class BatchedReductions
{
    /// <summary>A reduction over dims; over all elements where there are none.</summary>
    public static Batching<TSettings> Reduction<TSettings>()
        where TSettings : ReductionSettings =>
        Batching.Rule<TSettings>(x =>
        {
            ReductionSettings settings = x.Settings;
            var isAll = settings.Dims.Rank == 0;
            var operand = isAll || x.Types[0].Rank == 0 ? F.reshape(x[0], [x.Size, x.Types[0].Shape.NumElements]) : x[0];
            var dims = isAll ? [1] : new BatchDims(x.Size, x.Types[0].Shape).Dims(settings.Dims);
            return x.InShape(
                x.Primitive.BindUntyped(settings with { Dims = dims, KeepDim = settings.KeepDim && !isAll }, operand)[0], 0);
        });

    /// <summary>A reduction over dims that gives values and where they are.</summary>
    public static Batching<TSettings> Selection<TSettings>()
        where TSettings : ReductionSettings =>
        Batching.Dims<TSettings>((settings, batch) =>
            (TSettings)((ReductionSettings)settings with { Dims = batch.Dims(settings.Dims) }));
}
