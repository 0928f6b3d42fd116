using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// The types of what each operation of a frozen model gives. A file does not say them, so that no file can say wrong ones: kernels trust
/// types.
/// </summary>
internal static class TypeRules
{
    static TypeRules()
    {
        var (rules, settings) = (new Dictionary<string, TypeRule>(), new Dictionary<string, Type>());
        Add<FullSettings>(CreationTypes.Full, "full");
        Add<ArangeSettings>(CreationTypes.Arange, "arange");
        Of<BarrierSettings>(ViewTypes.All, "optimization_barrier");
        Add<ShapeSettings>(ViewTypes.Reshape, "reshape");
        Add<ShapeSettings>(ViewTypes.Expand, "expand");
        Add<DimsSettings>(ViewTypes.Permute, "permute");
        Add<DimsSettings>(ViewTypes.Flip, "flip");
        Add<SliceSettings>(ViewTypes.Slice, "slice");
        Add<SliceBackwardSettings>(ViewTypes.SliceBackward, "slice_backward");
        Add<SelectSettings>(ViewTypes.Select, "select");
        Add<SplitSettings>(ViewTypes.Split, "split");
        Add<DimSettings>(ViewTypes.Cat, "cat");
        Add<DimSettings>(ViewTypes.Stack, "stack");
        Add<CastSettings>(ElementTypes.Cast, "cast");
        Add<ClampSettings>(ElementTypes.Clamp, "clamp");
        Of<NoSettings>(ElementTypes.Square, "square");
        Of<NoSettings>(ElementTypes.Truth, "logical_not");
        Of<NoSettings>(ElementTypes.FloatBinary, "div");
        Of<NoSettings>(ElementTypes.Where, "where");
        Of<NoSettings>(RowTypes.Linear, "linear");
        Of<NoSettings>(RowTypes.Int8Linear, "linear_int8");
        Of<NoSettings>(RowTypes.MatMul, "matmul");
        Of<NoSettings>(RowTypes.AddMatMul, "add_matmul");
        Add<LayerNormSettings>(RowTypes.LayerNorm, "layer_norm");
        Add<PadSettings>(PlacingTypes.Pad, "pad");
        Of<TriangleSettings>(PlacingTypes.Triangle, "tril", "triu");
        Add<DimSettings>(PlacingTypes.Gather, "gather");
        Add<ReductionSettings>(PlacingTypes.Test, "any", "all");
        Add<LayerNormSettings>(PlacingTypes.RmsNorm, "rms_norm");
        Add<GroupNormSettings>(PlacingTypes.GroupNorm, "group_norm");
        Of<BatchNormInferenceSettings>(PlacingTypes.BatchNorm, "batch_norm_inference");
        Add<ConvolutionSettings>(ImageTypes.Convolution, "convolution");
        Add<MaxPoolSettings>(ImageTypes.MaxPool, "max_pool2d");
        Add<AvgPoolSettings>(ImageTypes.AvgPool, "avg_pool2d");
        Add<AdaptivePoolSettings>(ImageTypes.AdaptivePool, "adaptive_avg_pool2d");
        Add<CumulativeSettings>(RowTypes.Cumulative, "cumsum");
        Add<ReductionSettings>(RowTypes.Position, "argmax");
        Add<TopKSettings>(RowTypes.TopK, "topk");
        Add<SortSettings>(RowTypes.Sort, "sort");
        Of<FlashAttentionSettings>(RowTypes.FlashAttention, "flash_attention");
        Of<EmbeddingSettings>(IndexTypes.Embedding, "embedding");
        Add<DimSettings>(IndexTypes.IndexSelect, "index_select");
        Of<IndexPutSettings>(IndexTypes.IndexPut, "index_put");
        Of<NoSettings>(RandomTypes.FoldIn, "fold_in");
        Add<SampleSettings>(RandomTypes.Sample, "uniform", "normal");
        Add<RandIntSettings>(RandomTypes.RandInt, "randint");
        Add<PermutationSettings>(RandomTypes.Permutation, "permutation");
        Add<LoopForm>(LoopTypes.Loop, "scan", "while");
        Of<NoSettings>(LoopTypes.Choice, "switch");
        Of<NoSettings>(
            ElementTypes.Same, "contiguous", "alias", "stop_gradient", "clone", "neg", "abs", "silu", "relu", "hardsigmoid", "hardswish",
            "mish", "sign", "floor", "ceil", "trunc", "round");
        Of<GeluSettings>(ElementTypes.Same, "gelu");
        Of<LeakyReluSettings>(ElementTypes.Same, "leaky_relu");
        Of<HardtanhSettings>(ElementTypes.Same, "hardtanh");
        Of<EluSettings>(ElementTypes.Same, "elu");
        Of<SoftplusSettings>(ElementTypes.Same, "softplus");
        Of<NoSettings>(
            ElementTypes.Float, "exp", "log", "sqrt", "rsqrt", "reciprocal", "sin", "cos", "tanh", "sigmoid", "expm1", "log1p", "exp2",
            "log2", "log10", "tan", "asin", "acos", "atan", "sinh", "cosh");
        Of<NoSettings>(ElementTypes.Binary, "add", "sub", "mul", "maximum", "minimum", "pow", "remainder");
        Of<NoSettings>(
            ElementTypes.Comparison, "eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor");
        Add<DimSettings>(RowTypes.Along, "softmax", "log_softmax");
        Add<SumSettings>(RowTypes.Sum, "sum", "mean", "prod");
        Add<ReductionSettings>(RowTypes.Extremum, "amin", "amax");
        Add<SpreadSettings>(RowTypes.Extremum, "var");
        (All, SettingsOf) = (rules, settings);

        void Of<TSettings>(TypeRule rule, params string[] ops)
            where TSettings : Settings => Add<TSettings>((x, _) => rule(x), ops);

        void Add<TSettings>(Func<TypeArgs, TSettings, TensorType[]> rule, params string[] ops)
            where TSettings : Settings
        {
            foreach (var op in ops)
            {
                rules.Add(op, x => x.Settings is TSettings own ? rule(x, own) : throw x.Refusal());
                settings.Add(op, typeof(TSettings));
            }
        }
    }

    /// <summary>The rules by the names of primitives.</summary>
    public static IReadOnlyDictionary<string, TypeRule> All { get; }

    /// <summary>The kind of settings that each primitive has.</summary>
    public static IReadOnlyDictionary<string, Type> SettingsOf { get; }
}
