using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// The types of what each operation of a frozen model gives. A file does not say them, so that no file can say wrong ones: kernels trust
/// types.
/// </summary>
internal static class TypeRules
{
    public static IReadOnlyDictionary<string, TypeRule> All { get; } = Rules();

    private static Dictionary<string, TypeRule> Rules()
    {
        var rules = new Dictionary<string, TypeRule>
        {
            ["full"] = With<FullSettings>(CreationTypes.Full),
            ["arange"] = With<ArangeSettings>(CreationTypes.Arange),
            ["optimization_barrier"] = ViewTypes.All,
            ["reshape"] = With<ShapeSettings>(ViewTypes.Reshape),
            ["expand"] = With<ShapeSettings>(ViewTypes.Expand),
            ["permute"] = With<DimsSettings>(ViewTypes.Permute),
            ["flip"] = With<DimsSettings>(ViewTypes.Flip),
            ["slice"] = With<SliceSettings>(ViewTypes.Slice),
            ["slice_backward"] = With<SliceBackwardSettings>(ViewTypes.SliceBackward),
            ["select"] = With<SelectSettings>(ViewTypes.Select),
            ["split"] = With<SplitSettings>(ViewTypes.Split),
            ["cat"] = With<DimSettings>(ViewTypes.Cat),
            ["stack"] = With<DimSettings>(ViewTypes.Stack),
            ["cast"] = With<CastSettings>(ElementTypes.Cast),
            ["clamp"] = With<ClampSettings>(ElementTypes.Clamp),
            ["square"] = ElementTypes.Square,
            ["logical_not"] = ElementTypes.Truth,
            ["div"] = ElementTypes.FloatBinary,
            ["where"] = ElementTypes.Where,
            ["linear"] = RowTypes.Linear,
            ["matmul"] = RowTypes.MatMul,
            ["add_matmul"] = RowTypes.AddMatMul,
            ["layer_norm"] = With<LayerNormSettings>(RowTypes.LayerNorm),
            ["pad"] = With<PadSettings>(PlacingTypes.Pad),
            ["tril"] = PlacingTypes.Triangle,
            ["triu"] = PlacingTypes.Triangle,
            ["gather"] = With<DimSettings>(PlacingTypes.Gather),
            ["any"] = With<ReductionSettings>(PlacingTypes.Test),
            ["all"] = With<ReductionSettings>(PlacingTypes.Test),
            ["rms_norm"] = With<LayerNormSettings>(PlacingTypes.RmsNorm),
            ["group_norm"] = With<GroupNormSettings>(PlacingTypes.GroupNorm),
            ["batch_norm_inference"] = PlacingTypes.BatchNorm,
            ["convolution"] = With<ConvolutionSettings>(ImageTypes.Convolution),
            ["max_pool2d"] = With<MaxPoolSettings>(ImageTypes.MaxPool),
            ["avg_pool2d"] = With<AvgPoolSettings>(ImageTypes.AvgPool),
            ["adaptive_avg_pool2d"] = With<AdaptivePoolSettings>(ImageTypes.AdaptivePool),
            ["cumsum"] = With<CumulativeSettings>(RowTypes.Cumulative),
            ["argmax"] = With<ReductionSettings>(RowTypes.Position),
            ["topk"] = With<TopKSettings>(RowTypes.TopK),
            ["sort"] = With<SortSettings>(RowTypes.Sort),
            ["flash_attention"] = RowTypes.FlashAttention,
            ["embedding"] = IndexTypes.Embedding,
            ["index_select"] = With<DimSettings>(IndexTypes.IndexSelect),
            ["index_put"] = IndexTypes.IndexPut,
            ["fold_in"] = IndexTypes.FoldIn,
            ["uniform"] = With<SampleSettings>(IndexTypes.Sample),
            ["scan"] = With<LoopForm>(LoopTypes.Loop),
            ["while"] = With<LoopForm>(LoopTypes.Loop),
            ["switch"] = LoopTypes.Choice,
        };
        Add(ElementTypes.Same, "contiguous", "alias", "stop_gradient", "clone", "neg", "abs", "silu", "relu", "gelu");
        Add(ElementTypes.Same, "leaky_relu", "hardtanh", "elu", "softplus", "hardsigmoid", "hardswish", "mish");
        Add(ElementTypes.Same, "sign", "floor", "ceil", "trunc", "round");
        Add(ElementTypes.Float, "exp", "log", "sqrt", "rsqrt", "reciprocal", "sin", "cos", "tanh", "sigmoid");
        Add(ElementTypes.Float, "expm1", "log1p", "exp2", "log2", "log10", "tan", "asin", "acos", "atan", "sinh", "cosh");
        Add(ElementTypes.Binary, "add", "sub", "mul", "maximum", "minimum", "pow", "remainder");
        Add(ElementTypes.Comparison, "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor");
        Add(With<DimSettings>(RowTypes.Along), "softmax", "log_softmax");
        Add(With<SumSettings>(RowTypes.Sum), "sum", "mean", "prod");
        Add(With<ReductionSettings>(RowTypes.Extremum), "amin", "amax", "var");
        return rules;

        void Add(TypeRule rule, params string[] ops) => Array.ForEach(ops, op => rules.Add(op, rule));
    }

    private static TypeRule With<TSettings>(Func<TypeArgs, TSettings, TensorType[]> rule)
        where TSettings : Settings => x => x.Settings is TSettings settings ? rule(x, settings) : throw x.Refusal();
}
