namespace Brachy.Extending;

/// <summary>Every primitive there is.</summary>
public static class Primitives
{
    /// <summary>All primitives, family by family.</summary>
    public static IReadOnlyList<Primitive> All { get; } =
    [
        // Creation (Ops/Creation.cs)
        F.Full, F.Arange, F.LinSpace,
        // Elementwise (Ops/Elementwise.cs)
        F.Exp, F.Expm1, F.Log, F.Log1p, F.Sqrt, F.Rsqrt, F.Reciprocal, F.Sin, F.Cos, F.Tan, F.Tanh, F.Sigmoid, F.Erf,
        F.TanhBackward, F.SigmoidBackward,
        // (Ops/Trigonometry.cs, Ops/Special.cs)
        F.Asin, F.Acos, F.Atan, F.Sinh, F.Cosh, F.Asinh, F.Acosh, F.Atanh, F.Atan2, F.Hypot,
        F.Log2, F.Log10, F.Exp2, F.Erfc, F.Erfinv, F.Lgamma, F.Digamma, F.Polygamma, F.LogAddExp, F.XLogY,
        // (Ops/NotFinite.cs, Ops/FloatingParts.cs, Ops/Bessel.cs, Ops/ErrorIntegrals.cs, Ops/Bitwise.cs)
        F.Trunc, F.Isinf, F.NanToNum, F.CopySign, F.Frexp, F.NextAfter, F.I0, F.I1, F.I0e, F.I1e, F.Erfcx, F.Ndtri,
        F.BitwiseAnd, F.BitwiseOr, F.BitwiseXor, F.BitwiseNot, F.BitwiseLeftShift, F.BitwiseRightShift, F.Gcd, F.Lcm,
        // (Ops/Rounding.cs, Ops/Activation.cs, Ops/Casting.cs)
        F.Neg, F.Abs, F.Sign, F.Square, F.Floor, F.Ceil, F.Round, F.LogicalNot, F.Isnan, F.Isfinite,
        F.Relu, F.ThresholdBackward, F.Gelu, F.GeluBackward, F.Silu, F.SiluBackward,
        // Activations (Ops/Activation*.cs)
        F.LeakyRelu, F.LeakyReluBackward, F.Hardtanh, F.HardtanhBackward, F.Hardsigmoid, F.Hardswish, F.HardswishBackward,
        F.Elu, F.EluBackward, F.Softplus, F.SoftplusBackward, F.Mish, F.MishBackward,
        F.Cast, F.ToDevice, F.Alias, F.StopGradient, F.Clone, F.Contiguous,
        // (Ops/CustomGradient.cs)
        F.CustomGradient, F.CustomTangent,
        // (Ops/Gradients/Recomputed.cs)
        F.Checkpoint, F.Barrier, F.CheckpointName,
        // Loops and choices (Ops/Control)
        F.Scan, F.While, F.Switch,
        // Samples of a batch (Ops/Batching/Collectives.cs)
        F.PSum, F.PMax, F.PMin, F.AllGather, F.AxisIndex,
        // Ranks of a program (Ops/Batching/RankCollectives.cs)
        F.AllReduce, F.RankGather, F.RankScatter, F.RankBroadcast, F.RankIndex,
        // Recurrent layers (Ops/Recurrent)
        F.LstmLayer, F.LstmLayerBackward,
        // Arithmetic (Ops/Arithmetic.cs, Ops/Division.cs)
        F.Add, F.Sub, F.Mul, F.Div, F.Pow, F.Maximum, F.Minimum, F.Remainder, F.FMod, F.FloorDivide, F.Clamp,
        // Comparison (Ops/Comparison.cs)
        F.Eq, F.Ne, F.Lt, F.Le, F.Gt, F.Ge, F.LogicalAnd, F.LogicalOr, F.LogicalXor, F.Where,
        // Reductions (Ops/Reductions.cs, Ops/Extrema.cs, Ops/Statistics.cs, Ops/Norms.cs, Ops/Counting.cs)
        F.Sum, F.Mean, F.Prod, F.Amax, F.Amin, F.MaxDim, F.MinDim, F.Argmax, F.Argmin, F.Var, F.Std, F.Norm, F.CumSum, F.Any, F.All,
        F.Histc,
        // Order and running reductions (Ops/Sorting.cs, Ops/Unique.cs, Ops/Cumulative.cs)
        F.Sort, F.UniqueSlices, F.TopK, F.KthValue, F.MedianDim, F.Median, F.SearchSorted, F.CumProd, F.LogCumSumExp, F.ExpWeightedCumSum,
        F.CumMax, F.CumMin,
        // MatMul (Ops/MatMul.cs, Ops/Linear.cs)
        F.MatMul, F.AddMatMul, F.Linear, F.ChannelsLastLayout,
        // Convolutions (Ops/ConvolutionKernels.cs, Ops/ConvolutionFused.cs)
        F.Convolution, F.ConvolutionBackward, F.FusedConvolution,
        // Shaping (Ops/Shaping.cs, Permuting.cs, Rearranging.cs, Diagonals.cs, Joining.cs, Slicing.cs, Padding.cs, PaddingModes.cs)
        F.Reshape,
        F.Expand,
        F.Permute,
        F.Flip,
        F.Roll,
        F.Diagonal,
        F.DiagonalScatter,
        F.Cat,
        F.Stack,
        F.Split,
        F.Slice,
        F.SliceBackward,
        F.Select,
        F.Pad,
        F.PadBorder,
        F.PadBorderBackward,
        F.Tril,
        F.Triu,
        // Indexing (Ops/Indexing.cs, Scattering.cs, ScatterReduce.cs, IndexPut.cs, Nonzero.cs, Embedding.cs)
        F.Gather,
        F.ScatterAdd,
        F.ScatterReduce,
        F.NonzeroStatic,
        F.IndexSelect,
        F.IndexAdd,
        F.Scatter,
        F.SliceScatter,
        F.Index,
        F.IndexPut,
        F.Embedding,
        F.EmbeddingDenseBackward,
        F.OneHot,
        // (Ops/EmbeddingBag.cs)
        F.BagNumbers,
        F.BagMax,
        // Softmax and losses (Ops/Softmax.cs, NllLoss.cs, LossBinary.cs)
        F.Softmax,
        F.SoftmaxBackward,
        F.LogSoftmax,
        F.LogSoftmaxBackward,
        F.NllLossForward,
        F.NllLossBackward,
        F.BinaryCrossEntropy,
        // (Ops/CtcLoss.cs)
        F.CtcLoss,
        F.CtcLossBackward,
        // Attention (Ops/Attention.cs, FlashAttention.cs)
        F.SafeSoftmax,
        F.FlashAttention,
        F.FlashAttentionBackward,
        // Norms (Ops/LayerNorm.cs, GroupNorm.cs, BatchNorm.cs, RmsNorm.cs)
        F.LayerNorm,
        F.LayerNormBackward,
        F.GroupNorm,
        F.GroupNormBackward,
        F.BatchNorm,
        F.BatchNormInference,
        F.BatchNormBackward,
        F.RmsNorm,
        F.RmsNormBackward,
        // Pooling (Ops/PoolingMax.cs, PoolingAverage.cs, PoolingAdaptive.cs), blocks of images (Ops/Unfolding.cs), sizes
        // (Ops/InterpolationKernels.cs)
        F.MaxPool2d,
        F.MaxPool2dBackward,
        F.AvgPool2d,
        F.AvgPool2dBackward,
        F.AdaptiveAvgPool2d,
        F.AdaptiveAvgPool2dBackward,
        F.AdaptiveMaxPool2d,
        F.Unfold,
        F.Fold,
        // Volumes (Ops/PoolingVolumes.cs, PoolingAdaptiveVolumes.cs), points of images (Ops/GridSampling.cs)
        F.MaxPool3d,
        F.AvgPool3d,
        F.AvgPool3dBackward,
        F.AdaptiveAvgPool3d,
        F.AdaptiveAvgPool3dBackward,
        F.AdaptiveMaxPool3d,
        F.GridSample,
        F.GridSampleBackward,
        F.Upsample,
        F.UpsampleBackward,
        // Random (Ops/Random.cs, RandomSamplers.cs)
        F.FoldIn,
        F.UniformSample,
        F.NormalSample,
        F.RandIntSample,
        F.PermutationSample,
        F.GammaSample,
        F.PoissonSample,
        F.BinomialSample,
        F.MultinomialSample,
        // Linear algebra (Ops/Linalg*.cs)
        F.linalg.Inv,
        F.linalg.Solve,
        F.linalg.SolveTriangular,
        F.linalg.Cholesky,
        F.linalg.Qr,
        F.linalg.LuFactor,
        F.linalg.LuPermutation,
        F.linalg.Eigh,
        F.linalg.Svd,
        F.linalg.Det,
        F.linalg.SLogDet,
        F.linalg.Cofactor,
        F.linalg.Pinv,
        F.linalg.MatrixExp,
        // Fourier transforms (Ops/FourierKernels.cs)
        F.fft.ComplexToComplex,
        F.fft.RealToComplex,
        F.fft.ComplexToReal,
        // Optimizer updates (Ops/ForeachSgd.cs, ForeachAdam.cs, ForeachAdagrad.cs, Blend.cs)
        F.ForeachSgd,
        F.ForeachAdam,
        F.ForeachAdamW,
        F.ForeachAdagrad,
        F.Blend,
        F.BlendProduct,
        F.BlendQuotient,
        F.RootPlus,
    ];
}
