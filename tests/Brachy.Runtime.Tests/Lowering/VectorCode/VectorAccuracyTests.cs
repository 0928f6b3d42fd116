using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.Tests.Lowering;

/// <summary>
/// Functions of single elements in vector code against float64 of the C library: a few units in the last place everywhere, from subnormal
/// to huge numbers, near their zeros and poles, and the same bits whatever the place of an element in its vector.
/// </summary>
public class VectorAccuracyTests
{
    private static readonly Settings s_exactGelu = new GeluSettings("none");

    /// <param name="Primitive">The function.</param>
    /// <param name="Exact">What it must compute, of a float64 number.</param>
    /// <param name="Error">How many units in the last place it may be off.</param>
    private sealed record Row(
        Primitive Primitive, Func<double, double> Exact, double Error, Settings? Settings = null, bool HasDouble = true)
    {
        public Func<double, double>? Mirror { get; init; }
    }

    private static readonly Dictionary<string, Row> s_rows = new Row[]
    {
        new(F.Neg, x => -x, 0) { Mirror = y => -y },
        new(F.Abs, Math.Abs, 0) { Mirror = y => y },
        new(F.Exp, Math.Exp, 2.5),
        new(F.Log, Math.Log, 2),
        new(F.Sqrt, Math.Sqrt, 0.5),
        new(F.Rsqrt, x => 1 / Math.Sqrt(x), 1.5),
        new(F.Reciprocal, x => 1 / x, 0.5) { Mirror = y => -y },
        new(F.Square, x => x * x, 0.5) { Mirror = y => y },
        new(F.Sin, Math.Sin, 2) { Mirror = y => -y },
        new(F.Cos, Math.Cos, 2) { Mirror = y => y },
        new(F.Tanh, Math.Tanh, 3) { Mirror = y => -y },
        new(F.Sigmoid, Sigmoid, 4),
        new(F.Silu, x => x * Sigmoid(x), 5),
        new(F.Relu, x => x < 0 ? 0 : x, 0),
        new(F.Gelu, Gelu, 7, s_exactGelu, HasDouble: false),
        new(F.Clamp, x => x < -1.5 ? -1.5 : x > 0.25 ? 0.25 : x, 0, new ClampSettings((Scalar)(-1.5), (Scalar)0.25)),
    }.ToDictionary(row => row.Primitive.Name);

    /// <summary>
    /// Rules that move elements, combine two operands, or work on rows; <see cref="VectorSpecialValueTests"/> has those that compute.
    /// </summary>
    private static readonly Primitive[] s_others =
    [
        F.Reshape, F.Contiguous, F.Alias, F.StopGradient, F.Expand, F.Permute, F.Slice, F.Select, F.Cat, F.Stack, F.Clone, F.Cast,
        F.Add, F.Sub, F.Mul, F.Div, F.Maximum, F.Minimum, F.Eq, F.Ne, F.Lt, F.Le, F.Gt, F.Ge, F.Where,
        F.LogicalAnd, F.LogicalOr, F.LogicalXor, F.LogicalNot, F.Amin, F.Amax,
        F.Linear, F.MatMul, F.AddMatMul, F.LayerNorm, F.Softmax, F.LogSoftmax, F.Mean, F.Sum, F.CumSum, F.FlashAttention,
        F.Embedding, F.IndexSelect, F.IndexPut, F.TopK, F.Sort, F.Argmax, F.FoldIn, F.UniformSample, F.Scan, F.While, F.Switch,
        F.Split, F.Flip, F.SliceBackward, F.Barrier, F.Convolution, F.MaxPool2d, F.AvgPool2d, F.AdaptiveAvgPool2d,
        F.ThresholdBackward, F.SigmoidBackward, F.TanhBackward, F.SiluBackward, F.HardswishBackward, F.LeakyReluBackward,
        F.HardtanhBackward, F.EluBackward, F.SoftplusBackward, F.SoftmaxBackward, F.LogSoftmaxBackward, F.NllLossForward,
        F.GeluBackward, F.LayerNormBackward, F.FlashAttentionBackward, F.EmbeddingDenseBackward, F.Blend, F.BlendProduct,
        F.BlendQuotient, F.RootPlus, F.NllLossBackward, F.ConvolutionBackward, F.BatchNorm, F.BatchNormBackward,
        F.AvgPool2dBackward, F.AdaptiveAvgPool2dBackward, F.MaxPool2dBackward, F.ForeachAdam, F.ForeachAdamW, F.ForeachSgd,
        F.ForeachAdagrad,
    ];

    public static TheoryData<string, DType> Functions
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var row in s_rows.Values)
            {
                data.Add(row.Primitive.Name, DType.Float32);
                if (row.HasDouble)
                {
                    data.Add(row.Primitive.Name, DType.Float64);
                }
            }

            return data;
        }
    }

    [Fact]
    public void EveryFunctionHasARow() =>
        Assert.Equal(TrainingKernels.All.Keys.Order(), s_rows.Keys.Concat(s_others.Select(p => p.Name)).Order());

    [Theory]
    [MemberData(nameof(Functions))]
    public void ValuesAreRightToAFewUnitsInTheLastPlace(string name, DType dtype)
    {
        var row = s_rows[name];
        var x = Points(dtype);
        var y = Run(row, x, dtype);
        var worst = (Error: 0.0, At: 0.0, Got: 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var exact = row.Exact(x[i]);
            var error = ErrorOf(exact, y[i], dtype);
            worst = error > worst.Error ? (error, x[i], y[i]) : worst;
        }

        Assert.True(
            worst.Error <= row.Error,
            $"{name} of {worst.At:R} ({dtype.Name()}) is {worst.Got:R} instead of {row.Exact(worst.At):R}: {worst.Error:0.##} units in the "
            + "last place.");
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void ZerosKeepTheirSignsAndOddFunctionsStayOdd(string name, DType dtype)
    {
        var row = s_rows[name];
        foreach (var zero in new[] { 0.0, -0.0 })
        {
            Assert.All(Run(row, [.. Enumerable.Repeat(zero, 19)], dtype), y =>
                Assert.Equal(BitConverter.DoubleToInt64Bits(row.Exact(zero)), BitConverter.DoubleToInt64Bits(y)));
        }

        if (row.Mirror is not { } mirror)
        {
            return;
        }

        var x = Points(dtype);
        var (there, mirrored) = (Run(row, x, dtype), Run(row, Array.ConvertAll(x, v => -v), dtype));
        for (var i = 0; i < x.Length; i++)
        {
            var expected = mirror(there[i]);
            Assert.True(
                BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(mirrored[i])
                || (double.IsNaN(expected) && double.IsNaN(mirrored[i])),
                $"{name} of {-x[i]:R} is {mirrored[i]:R}, of {x[i]:R} {there[i]:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void ThePlaceOfAnElementAndTheLengthDoNotMatter(string name, DType dtype)
    {
        var row = s_rows[name];
        foreach (var step in new[] { 1, 37, 101, 211 })
        {
            double[] x = [.. Points(dtype).Where((_, i) => i % step == step / 2).Take(41)];
            var whole = Run(row, x, dtype);
            foreach (var (start, length) in new[]
            {
                (0, 1), (40, 1), (1, 2), (5, 3), (7, 4), (0, 7), (3, 8), (2, 15), (9, 16), (4, 17), (8, 31), (1, 33)
            })
            {
                var part = Run(row, x[start..(start + length)], dtype);
                Assert.Equal(
                    whole[start..(start + length)].Select(BitConverter.DoubleToInt64Bits), part.Select(BitConverter.DoubleToInt64Bits));
            }
        }
    }

    private static double Sigmoid(double x) => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x));

    private static double Gelu(double x) => 0.5 * x * F.erfc(F.full([], -x * Math.Sqrt(0.5), DType.Float64)).ToArray<double>()[0];

    /// <summary>The results, as float64.</summary>
    private static double[] Run(Row row, double[] x, DType dtype)
    {
        var f = Jit.Compile(
            (Tensor a) => row.Primitive.BindUntyped(row.Settings ?? Settings.None, a)[0], backend: Backend.VectorCode,
            name: row.Primitive.Name);
        using var scope = TensorScope.Begin();
        return f.Invoke(Tensor.FromArray(x, [x.Length]).to(dtype)).to(DType.Float64).ToArray<double>();
    }

    /// <summary>
    /// The distance in units in the last place of the exact value; infinite where one is NaN or infinite and the other is not.
    /// </summary>
    private static double ErrorOf(double exact, double actual, DType dtype)
    {
        var rounded = dtype == DType.Float32 ? (float)exact : exact;
        if (double.IsNaN(exact) || double.IsNaN(actual))
        {
            return double.IsNaN(exact) && double.IsNaN(actual) ? 0 : double.PositiveInfinity;
        }

        if (!double.IsFinite(rounded) || !double.IsFinite(actual))
        {
            // At the edge of the range rounding decides.
            var largest = dtype == DType.Float32 ? float.MaxValue : double.MaxValue;
            return rounded.Equals(actual)
                || Math.Max(Math.Abs(exact), Math.Abs(actual)) == Math.Abs(double.IsFinite(actual) ? exact : actual)
                    && Math.Min(Math.Abs(rounded), Math.Abs(actual)) >= largest * (1 - 1e-6)
                    && Math.Sign(exact) == Math.Sign(actual) ? 0 : double.PositiveInfinity;
        }

        var unit = dtype == DType.Float32
            ? Math.Max(float.Epsilon, Math.Abs((double)MathF.BitIncrement(Math.Abs((float)exact)) - Math.Abs((float)exact)))
            : Math.Max(double.Epsilon, Math.BitIncrement(Math.Abs(exact)) - Math.Abs(exact));
        return Math.Abs(exact - actual) / unit;
    }

    /// <summary>
    /// Numbers of every exponent and either sign, and those where functions change their formula, cross zero or leave the range.
    /// </summary>
    private static double[] Points(DType dtype)
    {
        var random = new Random(7);
        var points = new List<double> { 0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity };
        var (least, most) = dtype == DType.Float32 ? (-149, 127) : (-1074, 1023);
        for (var exponent = least; exponent <= most; exponent++)
        {
            for (var i = 0; i < (dtype == DType.Float32 ? 8 : 3); i++)
            {
                points.Add(Math.ScaleB(1 + random.NextDouble(), exponent));
            }
        }

        for (var i = 0; i < 4000; i++)
        {
            points.Add((random.NextDouble() - 0.5) * 40);
            points.Add((random.NextDouble() - 0.5) * (i % 2 == 0 ? 250 : 1500));
        }

        foreach (var special in new[]
                 {
                     0.25, 0.5, 0.625, 1, 1.5, Math.PI / 4, Math.PI / 2, Math.PI, 3 * Math.PI / 2, 2 * Math.PI, 100 * Math.PI,
                     1e5 * Math.PI, 1e9 * Math.PI, 8.5, 9.010913, 19.06, 22,
                     87.33655, 88.72284, 103.97208, 707, 708.3964185322641, 709.782712893384, 745.1332191019411, 1e22, float.MaxValue,
                     double.MaxValue, float.Epsilon, double.Epsilon,
                 })
        {
            var (down, up) = (special, special);
            for (var i = 0; i < 4; i++)
            {
                points.Add(down);
                points.Add(up);
                (down, up) = dtype == DType.Float32
                    ? (MathF.BitDecrement((float)down), MathF.BitIncrement((float)up))
                    : (Math.BitDecrement(down), Math.BitIncrement(up));
            }
        }

        // What float32 cannot hold would be rounded before the function sees it.
        return [.. points.Concat(points.Select(p => -p)).Select(p => dtype == DType.Float32 ? (float)p : p)];
    }
}
