using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>Gradients of functions of single elements: from that of the result, and the operand or the result.</summary>
internal static unsafe class GradientKernels
{
    public static VectorRule Threshold { get; } = Of<ThresholdGradient<float>, ThresholdGradient<double>>();

    public static VectorRule Sigmoid { get; } = Of<SigmoidGradient<float>, SigmoidGradient<double>>();

    public static VectorRule Tanh { get; } = Of<TanhGradient<float>, TanhGradient<double>>();

    public static VectorRule Silu { get; } = Of<SiluGradient<float>, SiluGradient<double>>();

    public static VectorRule Hardswish { get; } = Of<HardswishGradient<float>, HardswishGradient<double>>();

    public static bool LeakyRelu(VectorArgs x, LeakyReluSettings settings) => x.OfType(
        x.Output().DType, args => Map<float, LeakyReluGradient<float>>(args, new(settings.NegativeSlope)),
        args => Map<double, LeakyReluGradient<double>>(args, new(settings.NegativeSlope)));

    public static bool Hardtanh(VectorArgs x, HardtanhSettings settings) => x.OfType(
        x.Output().DType, args => Map<float, HardtanhGradient<float>>(args, new(settings.MinVal, settings.MaxVal)),
        args => Map<double, HardtanhGradient<double>>(args, new(settings.MinVal, settings.MaxVal)));

    public static bool Elu(VectorArgs x, EluSettings settings) => x.OfType(
        x.Output().DType,
        args => Map<float, EluGradient<float>>(
            args, new(settings.Alpha * settings.Scale * settings.InputScale, settings.Scale, settings.InputScale)),
        args => Map<double, EluGradient<double>>(
            args, new(settings.Alpha * settings.Scale * settings.InputScale, settings.Scale, settings.InputScale)));

    public static bool Softplus(VectorArgs x, SoftplusSettings settings) => x.OfType(
        x.Output().DType, args => Map<float, SoftplusGradient<float>>(args, new(settings.Beta, settings.Threshold)),
        args => Map<double, SoftplusGradient<double>>(args, new(settings.Beta, settings.Threshold)));

    /// <summary>That of the exact function.</summary>
    public static bool Gelu(VectorArgs x, GeluSettings settings) =>
        settings.Approximate == "none" && x.Output().DType == DType.Float32 && Map<float, GeluGradient>(x, default);

    private static VectorRule Of<TSingle, TTwice>()
        where TSingle : struct, IPairFunction<float>
        where TTwice : struct, IPairFunction<double> =>
        x => x.OfType(x.Output().DType, args => Map<float, TSingle>(args, default), args => Map<double, TTwice>(args, default));

    private static bool Map<T, TFunction>(VectorArgs x, TFunction function)
        where T : unmanaged
        where TFunction : struct, IPairFunction<T>
    {
        var dtype = x.Output().DType;
        if (x.IsNumber(0) || x.IsNumber(1) || x[0].DType != dtype || x[1].DType != dtype)
        {
            return false;
        }

        x = x.InOneOrder();
        var (gradient, value) = (x.Dense(0), x.Dense(1));
        var target = x.Result();
        x.AddRows(target.Count, [gradient, value], [target], (memory, first, count) => PairMath.Map(
            gradient.At<T>(memory) + first, value.At<T>(memory) + first, target.At<T>(memory) + first, count, function));
        return true;
    }

    private readonly struct ThresholdGradient<T> : IPairFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x, Vector512<T> y) =>
            Vector512.ConditionalSelect(Vector512.LessThanOrEqual(y, Vector512<T>.Zero), Vector512<T>.Zero, x);
    }

    private readonly struct SigmoidGradient<T> : IPairFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x, Vector512<T> y) => x * (Vector512<T>.One - y) * y;
    }

    private readonly struct TanhGradient<T> : IPairFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x, Vector512<T> y) => x * (Vector512<T>.One - (y * y));
    }

    private readonly struct SiluGradient<T> : IPairFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x, Vector512<T> y)
        {
            var share = VectorMath.Sigmoid(y);
            return x * share * (Vector512<T>.One + (y * (Vector512<T>.One - share)));
        }
    }

    private readonly struct HardswishGradient<T> : IPairFunction<T>
        where T : unmanaged
    {
        public Vector512<T> Of(Vector512<T> x, Vector512<T> y)
        {
            var three = VectorMath.Number<T>(3);
            var slope = Vector512.ConditionalSelect(
                Vector512.GreaterThanOrEqual(y, three), Vector512<T>.One, (y / three) + VectorMath.Number<T>(0.5));
            return x * Vector512.ConditionalSelect(Vector512.LessThanOrEqual(y, -three), Vector512<T>.Zero, slope);
        }
    }

    private readonly struct GeluGradient : IPairFunction<float>
    {
        public Vector512<float> Of(Vector512<float> x, Vector512<float> y) => x * default(GeluSlope).Of(y);
    }

    private readonly struct LeakyReluGradient<T>(double slope) : IPairFunction<T>
        where T : unmanaged
    {
        private readonly Vector512<T> _slope = VectorMath.Number<T>(slope);

        public Vector512<T> Of(Vector512<T> x, Vector512<T> y) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(y, Vector512<T>.Zero), x, x * _slope);
    }

    private readonly struct HardtanhGradient<T>(double least, double most) : IPairFunction<T>
        where T : unmanaged
    {
        private readonly Vector512<T> _least = VectorMath.Number<T>(least);
        private readonly Vector512<T> _most = VectorMath.Number<T>(most);

        public Vector512<T> Of(Vector512<T> x, Vector512<T> y) =>
            Vector512.ConditionalSelect(Vector512.GreaterThan(y, _least) & Vector512.LessThan(y, _most), x, Vector512<T>.Zero);
    }

    private readonly struct EluGradient<T>(double factor, double scale, double inputScale) : IPairFunction<T>
        where T : unmanaged
    {
        private readonly Vector512<T> _factor = VectorMath.Number<T>(factor);
        private readonly Vector512<T> _scale = VectorMath.Number<T>(scale);
        private readonly Vector512<T> _inputScale = VectorMath.Number<T>(inputScale);

        public Vector512<T> Of(Vector512<T> x, Vector512<T> y)
        {
            var isPositive = Vector512.GreaterThan(y, Vector512<T>.Zero);
            var power = VectorMath.Exp(Vector512.ConditionalSelect(isPositive, Vector512<T>.Zero, y) * _inputScale);
            return x * Vector512.ConditionalSelect(isPositive, _scale, power * _factor);
        }
    }

    private readonly struct SoftplusGradient<T>(double beta, double threshold) : IPairFunction<T>
        where T : unmanaged
    {
        private readonly Vector512<T> _beta = VectorMath.Number<T>(beta);
        private readonly Vector512<T> _threshold = VectorMath.Number<T>(threshold);

        public Vector512<T> Of(Vector512<T> x, Vector512<T> y)
        {
            var scaled = y * _beta;
            return x * Vector512.ConditionalSelect(Vector512.GreaterThan(scaled, _threshold), Vector512<T>.One, VectorMath.Sigmoid(scaled));
        }
    }
}
