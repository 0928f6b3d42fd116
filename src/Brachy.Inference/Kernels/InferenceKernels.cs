using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// The rules by the names of primitives for frozen models: those of vector code, and some that go element by element, which compiled
/// functions leave to libtorch.
/// </summary>
internal static class InferenceKernels
{
    public static IReadOnlyDictionary<string, VectorRule> All { get; } = Rules();

    private static Dictionary<string, VectorRule> Rules()
    {
        var rules = new Dictionary<string, VectorRule>(VectorKernels.All)
        {
            ["full"] = With<FullSettings>(CreationKernels.Full),
            ["arange"] = With<ArangeSettings>(CreationKernels.Arange),
            ["linear_int8"] = Int8Products.Linear,
            ["pad"] = With<PadSettings>(PlacingKernels.Pad),
            ["normal"] = With<SampleSettings>(RandomKernels.Normal),
            ["randint"] = With<RandIntSettings>(RandomKernels.RandInt),
            ["permutation"] = With<PermutationSettings>(RandomKernels.Permutation),
            ["tril"] = With<TriangleSettings>(PlacingKernels.Triangle),
            ["triu"] = With<TriangleSettings>(PlacingKernels.Triangle),
            ["gather"] = With<DimSettings>(PlacingKernels.Gather),
            ["pow"] = ScalarKernels.Power,
            ["remainder"] = ScalarKernels.Remainder,
            ["leaky_relu"] = With<LeakyReluSettings>(ScalarKernels.LeakyRelu),
            ["hardtanh"] = With<HardtanhSettings>(ScalarKernels.Hardtanh),
            ["elu"] = With<EluSettings>(ScalarKernels.Elu),
            ["softplus"] = With<SoftplusSettings>(ScalarKernels.Softplus),
            ["prod"] = With<SumSettings>(ReductionKernels.Product),
            ["var"] = With<SpreadSettings>(ReductionKernels.Variance),
            ["any"] = With<ReductionSettings>(ReductionKernels.Any),
            ["all"] = With<ReductionSettings>(ReductionKernels.All),
        };
        foreach (var (op, function) in ScalarKernels.Functions)
        {
            rules.TryAdd(op, x => ScalarKernels.Map(x, function));
        }

        rules.TryAdd("rms_norm", With<LayerNormSettings>(NormKernels.RmsNorm));
        rules.TryAdd("group_norm", With<GroupNormSettings>(NormKernels.GroupNorm));
        rules.TryAdd("batch_norm_inference", With<BatchNormInferenceSettings>(NormKernels.BatchNorm));
        return rules;
    }

    private static VectorRule With<TSettings>(VectorRule<TSettings> rule)
        where TSettings : Settings => x => rule(x, (TSettings)x.Settings);
}
