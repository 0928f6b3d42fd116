using Brachy.Tests.Ops.Samples;

namespace Brachy.Tests.Ops;

/// <summary>The rows of the table-driven op test, family by family.</summary>
public static class OpSamples
{
    public static IReadOnlyList<OpSample> All { get; } =
    [
        .. CreationSamples.All,
        .. ElementwiseSamples.All,
        .. ActivationSamples.All,
        .. SpecialSamples.All,
        .. ArithmeticSamples.All,
        .. ComparisonSamples.All,
        .. ReductionSamples.All,
        .. OrderSamples.All,
        .. MatMulSamples.All,
        .. ConvolutionSamples.All,
        .. ShapingSamples.All,
        .. IndexingSamples.All,
        .. PlacingSamples.All,
        .. GroupingSamples.All,
        .. SoftmaxSamples.All,
        .. LossSamples.All,
        .. CtcSamples.All,
        .. BagSamples.All,
        .. AttentionSamples.All,
        .. NormSamples.All,
        .. PoolingSamples.All,
        .. VolumeSamples.All,
        .. GridSamples.All,
        .. InterpolationSamples.All,
        .. RandomSamples.All,
        .. LinalgSamples.All,
        .. FourierSamples.All,
        .. ForeachSamples.All,
        .. BlendSamples.All,
        .. ControlSamples.All,
        .. CollectiveSamples.All, .. RankSamples.All,
        .. RecurrentSamples.All,
    ];
}
