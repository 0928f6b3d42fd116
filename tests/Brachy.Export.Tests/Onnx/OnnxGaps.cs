using Brachy.Extending;

namespace Brachy.Export.Tests;

/// <summary>What cannot be written or run.</summary>
internal static class OnnxGaps
{
    /// <summary>Primitives without a rule.</summary>
    public static IReadOnlyList<Primitive> Primitives { get; } =
    [
        F.Full, F.Arange, F.LinSpace, F.Erfc, F.Erfinv, F.Lgamma, F.Digamma, F.Polygamma, F.Frexp, F.NextAfter, F.I0, F.I1, F.I0e, F.I1e,
        F.Erfcx, F.Ndtri, F.BitwiseLeftShift, F.BitwiseRightShift, F.Gcd, F.Lcm, F.ThresholdBackward, F.Gelu, F.GeluBackward, F.Silu,
        F.SiluBackward, F.LeakyRelu, F.LeakyReluBackward, F.Hardtanh, F.HardtanhBackward, F.Hardsigmoid, F.Hardswish, F.HardswishBackward,
        F.Elu, F.EluBackward, F.Softplus, F.SoftplusBackward, F.Mish, F.MishBackward, F.CustomGradient, F.CustomTangent, F.Checkpoint,
        F.Scan, F.While, F.Switch, F.PSum, F.PMax, F.PMin, F.AllGather, F.AxisIndex, F.LstmLayer, F.LstmLayerBackward, F.Sum, F.Mean,
        F.Prod, F.Amax, F.Amin, F.MaxDim, F.MinDim, F.Argmax, F.Argmin, F.Var, F.Std, F.Norm, F.CumSum, F.Any, F.All, F.Histc, F.Sort,
        F.UniqueSlices, F.TopK, F.KthValue, F.MedianDim, F.Median, F.SearchSorted, F.CumProd, F.LogCumSumExp, F.ExpWeightedCumSum,
        F.CumMax, F.CumMin, F.Convolution, F.ConvolutionBackward, F.FusedConvolution, F.Reshape, F.Expand, F.Permute, F.Flip, F.Roll,
        F.Diagonal, F.DiagonalScatter, F.Cat, F.Stack, F.Split, F.Slice, F.SliceBackward, F.Select, F.Pad, F.PadBorder,
        F.PadBorderBackward, F.Tril, F.Triu, F.Gather, F.ScatterAdd, F.ScatterReduce, F.NonzeroStatic, F.IndexSelect, F.IndexAdd,
        F.Scatter, F.SliceScatter, F.Index, F.IndexPut, F.Embedding, F.EmbeddingDenseBackward, F.OneHot, F.BagNumbers, F.BagMax,
        F.Softmax, F.SoftmaxBackward, F.LogSoftmax, F.LogSoftmaxBackward, F.NllLossForward, F.NllLossBackward, F.BinaryCrossEntropy,
        F.CtcLoss, F.CtcLossBackward, F.SafeSoftmax, F.FlashAttention, F.FlashAttentionBackward, F.LayerNorm, F.LayerNormBackward,
        F.GroupNorm, F.GroupNormBackward, F.BatchNorm, F.BatchNormInference, F.BatchNormBackward, F.RmsNorm, F.RmsNormBackward,
        F.MaxPool2d, F.MaxPool2dBackward, F.AvgPool2d, F.AvgPool2dBackward, F.AdaptiveAvgPool2d, F.AdaptiveAvgPool2dBackward,
        F.AdaptiveMaxPool2d, F.Unfold, F.Fold, F.MaxPool3d, F.AvgPool3d, F.AvgPool3dBackward, F.AdaptiveAvgPool3d,
        F.AdaptiveAvgPool3dBackward, F.AdaptiveMaxPool3d, F.GridSample, F.GridSampleBackward, F.Upsample, F.UpsampleBackward, F.FoldIn,
        F.UniformSample, F.NormalSample, F.RandIntSample, F.PermutationSample, F.GammaSample, F.PoissonSample, F.BinomialSample,
        F.MultinomialSample, F.linalg.Inv, F.linalg.Solve, F.linalg.SolveTriangular, F.linalg.Cholesky, F.linalg.Qr, F.linalg.LuFactor,
        F.linalg.LuPermutation, F.linalg.Eigh, F.linalg.Svd, F.linalg.Det, F.linalg.SLogDet, F.linalg.Cofactor, F.linalg.Pinv,
        F.linalg.MatrixExp, F.fft.ComplexToComplex, F.fft.RealToComplex, F.fft.ComplexToReal, F.ForeachSgd, F.ForeachAdam, F.ForeachAdamW,
        F.ForeachAdagrad, F.Blend, F.BlendProduct, F.BlendQuotient, F.RootPlus,
    ];

    /// <summary>Rows that ONNX Runtime does not run, or runs otherwise, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Rows { get; } = new Dictionary<string, string>
    {
    };
}
