using System.Numerics.Tensors;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>The rules by the names of primitives.</summary>
internal static class VectorKernels
{
    public static IReadOnlyDictionary<string, VectorRule> All { get; } = new Dictionary<string, VectorRule>
    {
        { "reshape", ViewRules.Reshape },
        { "contiguous", ViewRules.Contiguous },
        { "alias", ViewRules.Alias },
        { "optimization_barrier", With<BarrierSettings>(ViewRules.Barrier) },
        { "stop_gradient", ViewRules.Alias },
        { "expand", ViewRules.Expand },
        { "permute", With<DimsSettings>(ViewRules.Permute) },
        { "slice", With<SliceSettings>(ViewRules.Slice) },
        { "select", With<SelectSettings>(ViewRules.Select) },
        { "split", With<SplitSettings>(ViewRules.Split) },
        { "flip", With<DimsSettings>(CopyKernels.Flip) },
        { "slice_backward", With<SliceBackwardSettings>(CopyKernels.SliceBackward) },
        { "cat", With<DimSettings>(JoiningKernels.Cat) },
        { "stack", With<DimSettings>(JoiningKernels.Stack) },
        { "clone", CopyKernels.Clone },
        { "cast", CopyKernels.ToType },
        { "neg", ElementwiseKernels.Signed(TensorPrimitives.Negate, TensorPrimitives.Negate, TensorPrimitives.Negate) },
        { "abs", ElementwiseKernels.Signed(TensorPrimitives.Abs, TensorPrimitives.Abs, ElementwiseKernels.Abs) },
        { "exp", ElementwiseKernels.Real(VectorMath.Exp, VectorMath.Exp) },
        { "log", ElementwiseKernels.Real(VectorMath.Log, VectorMath.Log) },
        { "sqrt", ElementwiseKernels.Real(TensorPrimitives.Sqrt, TensorPrimitives.Sqrt) },
        { "rsqrt", ElementwiseKernels.Real(TensorPrimitives.ReciprocalSqrt, TensorPrimitives.ReciprocalSqrt) },
        { "reciprocal", ElementwiseKernels.Real(TensorPrimitives.Reciprocal, TensorPrimitives.Reciprocal) },
        { "square", ElementwiseKernels.Signed(ElementwiseKernels.Square, ElementwiseKernels.Square, ElementwiseKernels.Square) },
        { "sin", ElementwiseKernels.Real(VectorMath.Sin, VectorMath.Sin) },
        { "cos", ElementwiseKernels.Real(VectorMath.Cos, VectorMath.Cos) },
        { "clamp", With<ClampSettings>(ElementwiseKernels.Clamp) },
        { "tanh", ElementwiseKernels.Real(VectorMath.Tanh, VectorMath.Tanh) },
        { "sigmoid", ElementwiseKernels.Real(VectorMath.Sigmoid, VectorMath.Sigmoid) },
        { "silu", ElementwiseKernels.Real(VectorMath.Silu, VectorMath.Silu) },
        { "relu", ElementwiseKernels.Real(ElementwiseKernels.Relu, ElementwiseKernels.Relu) },
        { "gelu", With<GeluSettings>(ElementwiseKernels.Gelu) },
        { "add", BinaryKernels.Arithmetic },
        { "sub", BinaryKernels.Arithmetic },
        { "mul", BinaryKernels.Arithmetic },
        { "div", BinaryKernels.Arithmetic },
        { "maximum", BinaryKernels.Arithmetic },
        { "minimum", BinaryKernels.Arithmetic },
        { "eq", BinaryKernels.Compare },
        { "ne", BinaryKernels.Compare },
        { "lt", BinaryKernels.Compare },
        { "le", BinaryKernels.Compare },
        { "gt", BinaryKernels.Compare },
        { "ge", BinaryKernels.Compare },
        { "where", BinaryKernels.Where },
        { "logical_and", LogicKernels.Binary },
        { "logical_or", LogicKernels.Binary },
        { "logical_xor", LogicKernels.Binary },
        { "logical_not", LogicKernels.Not },
        { "convolution", With<ConvolutionSettings>(ConvolutionKernels.Convolution) },
        { "max_pool2d", With<MaxPoolSettings>(PoolingKernels.Max) },
        { "avg_pool2d", With<AvgPoolSettings>(PoolingKernels.Mean) },
        { "adaptive_avg_pool2d", With<AdaptivePoolSettings>(PoolingKernels.DividedMean) },
        { "linear", ProductKernels.Linear },
        { "matmul", ProductKernels.MatMul },
        { "add_matmul", ProductKernels.AddMatMul },
        { "layer_norm", With<LayerNormSettings>(RowKernels.LayerNorm) },
        { "softmax", With<DimSettings>(RowKernels.Softmax) },
        { "log_softmax", With<DimSettings>(RowKernels.Softmax) },
        { "mean", With<SumSettings>(RowKernels.Sum) },
        { "sum", With<SumSettings>(RowKernels.Sum) },
        { "amin", With<ReductionSettings>(RowKernels.Extremum) },
        { "amax", With<ReductionSettings>(RowKernels.Extremum) },
        { "cumsum", With<CumulativeSettings>(RowKernels.CumSum) },
        { "flash_attention", With<FlashAttentionSettings>(AttentionKernels.FlashAttention) },
        { "embedding", IndexKernels.Embedding },
        { "index_select", With<DimSettings>(IndexKernels.IndexSelect) },
        { "index_put", With<IndexPutSettings>(IndexKernels.IndexPut) },
        { "topk", With<TopKSettings>(OrderKernels.TopK) },
        { "sort", With<SortSettings>(OrderKernels.Sort) },
        { "argmax", With<ReductionSettings>(OrderKernels.Argmax) },
        { "fold_in", RandomKernels.FoldIn },
        { "uniform", With<SampleSettings>(RandomKernels.Uniform) },
        { "scan", With<LoopForm>(LoopCode.Write) },
        { "while", With<LoopForm>(LoopCode.Write) },
        { "switch", SwitchCode.Write },
    };

    /// <summary>Primitives that put elements in order, which takes these rules far longer than passing over them.</summary>
    public static IReadOnlySet<string> InOrder { get; } = new HashSet<string> { "sort", "topk" };

    /// <summary>A rule that reads the settings.</summary>
    private static VectorRule With<TSettings>(VectorRule<TSettings> rule)
        where TSettings : Settings => x => rule(x, (TSettings)x.Settings);
}
