using Brachy.Extending;

namespace Brachy.Tests.OnnxFiles;

/// <summary>What cannot be written or run.</summary>
internal static class OnnxGaps
{
    /// <summary>A reason that holds where libtorch's kernels for the processor make it hold: such a row may also agree.</summary>
    public const string OnSomeProcessors = "libtorch rounds partial sums to bfloat16 on some processors";

    /// <summary>Primitives without a rule, and why.</summary>
    public static IReadOnlyList<(string Reason, Primitive[] Primitives)> Primitives { get; } =
    [
        (
            "special functions that ONNX lacks; no formula of its operators is exact in all of their range",
            [
                F.Erfc, F.Erfinv, F.Lgamma, F.Digamma, F.Polygamma, F.I0, F.I1, F.I0e, F.I1e, F.Erfcx, F.Ndtri,
            ]
        ),
        (
            "bits of numbers: ONNX shifts unsigned integers, which Brachy has only for 8 bits, and does not see those of real numbers",
            [F.Frexp, F.NextAfter, F.BitwiseLeftShift, F.BitwiseRightShift]
        ),
        ("a loop whose length depends on values", [F.Gcd, F.Lcm]),
        (
            "they belong to a transform or to ranks, and are gone or meaningless in a file",
            [
                F.PSum, F.PMax, F.PMin, F.AllGather, F.AxisIndex, F.AllReduce, F.RankGather, F.RankScatter, F.RankBroadcast, F.RankIndex,
            ]
        ),
        (
            "nobody needed them in a file yet: they could be written",
            [F.Histc, F.UniqueSlices, F.ExpWeightedCumSum, F.BagMax, F.CtcLoss]
        ),
        (
            "gradients by kernels of their own; a file is for the function",
            [
                F.ConvolutionBackward, F.PadBorderBackward, F.AvgPool2dBackward, F.AdaptiveAvgPool2dBackward, F.AvgPool3dBackward,
                F.AdaptiveAvgPool3dBackward, F.UpsampleBackward,
            ]
        ),
        (
            "random numbers: libtorch's generators, which no operators of ONNX repeat bit by bit",
            [
                F.FoldIn, F.UniformSample, F.NormalSample, F.RandIntSample, F.PermutationSample, F.GammaSample, F.PoissonSample,
                F.BinomialSample, F.MultinomialSample,
            ]
        ),
        (
            "factorizations, of which ONNX has the determinant alone; elimination without exchange of rows would be wrong for some",
            [
                F.linalg.Inv, F.linalg.Solve, F.linalg.SolveTriangular, F.linalg.Cholesky, F.linalg.Qr, F.linalg.LuFactor,
                F.linalg.LuPermutation, F.linalg.Eigh, F.linalg.Svd, F.linalg.Cofactor, F.linalg.Pinv, F.linalg.MatrixExp,
            ]
        ),
    ];

    /// <summary>Rows that ONNX Runtime does not run, or runs otherwise, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Rows { get; } = new Dictionary<string, string>
    {
        ["interpolate: bicubic, antialias, [1, 1, 5, 4] to [2, 6]"] = "refused: antialiasing has other weights in ONNX",
        ["interpolate: bicubic, antialias, uint8"] = "refused: antialiasing has other weights in ONNX",
        ["interpolate: bilinear, antialias, by its scales, [1, 1, 5, 4] to [2, 2]"] = "refused: antialiasing has other weights in ONNX",
        ["interpolate: bilinear, antialias, [1, 2, 5, 4] to [2, 6]"] = "refused: antialiasing has other weights in ONNX",
        ["interpolate: bilinear, uint8"] = "libtorch's weights for uint8 are fractions of 16 bits",
        ["sort: ties and NaN"] = "ONNX Runtime puts NaN elsewhere",
        ["topk: unsorted"] = "the order is open",
        ["topk: float32"] = "which of equals comes first is open in libtorch",
        ["topk: int64"] = "which of equals comes first is open in libtorch",
        ["topk: float16"] = "which of equals comes first is open in libtorch",
        ["topk: bfloat16"] = "which of equals comes first is open in libtorch",
        ["topk: uint8"] = "which of equals comes first is open in libtorch",
        ["max_pool2d: not a number"] = "ONNX Runtime's kernel passes over NaN",
        ["max_pool3d: not a number"] = "ONNX Runtime's kernel passes over NaN",
        ["avg_pool2d: ceil mode, padding counts"] = "refused: windows over the border count in another way in ONNX",
        ["convolution: transposed, 72 to 24 channels, grouped, bfloat16, bias"] = OnSomeProcessors,
        ["convolution: transposed, 24 to 40 channels, bfloat16, bias"] = OnSomeProcessors,
        ["convolution: transposed 1d, dilated, grouped, bias"] = "ONNX Runtime takes output padding below the stride alone",
        ["convolution: transposed 1d, dilated, grouped, float32, bias"] = "ONNX Runtime takes output padding below the stride alone",
        ["convolution: transposed 1d, dilated, grouped, float16, bias"] = "ONNX Runtime takes output padding below the stride alone",
        ["convolution: transposed 1d, dilated, grouped, bfloat16, bias"] = "ONNX Runtime takes output padding below the stride alone",
        ["convolution: transposed 2d, dilated, grouped, bias"] = "ONNX Runtime takes output padding below the stride alone",
        ["convolution: transposed 2d, dilated, grouped, float32, bias"] = "ONNX Runtime takes output padding below the stride alone",
        ["convolution: transposed 2d, dilated, grouped, float16, bias"] = "ONNX Runtime takes output padding below the stride alone",
        ["convolution: transposed 2d, dilated, grouped, bfloat16, bias"] = "ONNX Runtime takes output padding below the stride alone",
    };

    /// <summary>Rows at a size that was written as any size, which ONNX Runtime does not run, or runs otherwise, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Sizes { get; } = new Dictionary<string, string>
    {
        ["index_add: rows, repeated at 0"] = "ONNX Runtime refuses rows to add to nothing",
        ["index_add: negative dim, int32, transposed at 0"] = "ONNX Runtime refuses rows to add to nothing",
        ["bag_numbers: three bags at 4"] = "the kernel looks at what the offsets are",
        ["bag_numbers: the end given at 1"] = "the kernel looks at what the offsets are",
        ["bag_numbers: the end given at 4"] = "the kernel looks at what the offsets are",
        ["topk: all at 4"] = "which of equals comes first is open in libtorch",
        ["searchsorted: integers, one value at 4"] = "the sequence is not sorted",
    };
}
