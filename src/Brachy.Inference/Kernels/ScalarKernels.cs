using System.Numerics;

namespace Brachy.Compilation;

/// <summary>Functions of single elements, computed one by one in float64.</summary>
internal static unsafe class ScalarKernels
{
    /// <summary>Functions without settings by the names of primitives.</summary>
    public static IReadOnlyDictionary<string, Func<double, double>> Functions { get; } = new Dictionary<string, Func<double, double>>
    {
        ["expm1"] = x => Math.Abs(x) < 1e-5 ? x + (x * x / 2) : Math.Exp(x) - 1,
        ["log1p"] = x => Math.Abs(x) < 1e-5 ? x - (x * x / 2) : Math.Log(1 + x),
        ["exp2"] = x => Math.Pow(2, x),
        ["log2"] = Math.Log2,
        ["log10"] = Math.Log10,
        ["tan"] = Math.Tan,
        ["asin"] = Math.Asin,
        ["acos"] = Math.Acos,
        ["atan"] = Math.Atan,
        ["sinh"] = Math.Sinh,
        ["cosh"] = Math.Cosh,
        ["sign"] = x => x > 0 ? 1 : x < 0 ? -1 : 0,
        ["floor"] = Math.Floor,
        ["ceil"] = Math.Ceiling,
        ["trunc"] = Math.Truncate,
        ["round"] = x => Math.Round(x, MidpointRounding.ToEven),
        ["hardsigmoid"] = x => Math.Clamp(x + 3, 0, 6) / 6,
        ["hardswish"] = x => x * Math.Clamp(x + 3, 0, 6) / 6,
        ["mish"] = x => x * Math.Tanh(SoftplusOf(x)),
    };

    public static bool LeakyRelu(VectorArgs x, LeakyReluSettings settings)
    {
        var slope = settings.NegativeSlope;
        return Map(x, v => v > 0 ? v : v * slope);
    }

    public static bool Hardtanh(VectorArgs x, HardtanhSettings settings)
    {
        var (least, most) = (settings.MinVal, settings.MaxVal);
        return Map(x, v => v < least ? least : v > most ? most : v);
    }

    public static bool Elu(VectorArgs x, EluSettings settings)
    {
        var (alpha, scale, inner) = (settings.Alpha, settings.Scale, settings.InputScale);
        return Map(x, v => scale * (v > 0 ? v : alpha * Functions["expm1"](inner * v)));
    }

    public static bool Softplus(VectorArgs x, SoftplusSettings settings)
    {
        var (beta, threshold) = (settings.Beta, settings.Threshold);
        return Map(x, v => v * beta > threshold ? v : SoftplusOf(v * beta) / beta);
    }

    public static bool Power(VectorArgs x) => Combine(x, Math.Pow);

    /// <summary>With the sign of the divisor.</summary>
    public static bool Remainder(VectorArgs x) => Combine(x, Modulo);

    /// <summary>Computes a function of each element of a real tensor.</summary>
    public static bool Map(VectorArgs x, Func<double, double> function) =>
        !x.IsNumber(0) && x[0].DType == x.Output().DType
        && x.OfType(x.Output().DType, y => Map<float>(y, function), y => Map<double>(y, function));

    private static bool Map<T>(VectorArgs x, Func<double, double> function)
        where T : unmanaged, INumber<T>
    {
        var source = x.Dense(0);
        var target = x.Result();
        x.AddRows(target.Count, [source], [target], (memory, first, count) =>
        {
            var from = source.Span<T>(memory, first, count);
            var to = target.Span<T>(memory, first, count);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = T.CreateTruncating(function(double.CreateTruncating(from[i])));
            }
        });
        return true;
    }

    private static bool Combine(VectorArgs x, Func<double, double, double> function) =>
        x.OfType(x.Output().DType, y => Combine<float>(y, function), y => Combine<double>(y, function));

    private static bool Combine<T>(VectorArgs x, Func<double, double, double> function)
        where T : unmanaged, INumber<T>
    {
        var dtype = x.Output().DType;
        if (Enumerable.Range(0, 2).Any(i => !x.IsNumber(i) && !CopyKernels.CanCast(x[i].DType, dtype)))
        {
            return false;
        }

        var (left, right) = (Operand(x, 0, dtype), Operand(x, 1, dtype));
        var (a, b) = (x.IsNumber(0) ? x.Number(0).ToDouble() : 0, x.IsNumber(1) ? x.Number(1).ToDouble() : 0);
        var target = x.Result();
        x.AddRows(target.Count, [.. new[] { left, right }.OfType<Layout>()], [target], (memory, first, count) =>
        {
            var result = target.Span<T>(memory, first, count);
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = T.CreateTruncating(function(
                    left is null ? a : double.CreateTruncating(left.At<T>(memory)[first + i]),
                    right is null ? b : double.CreateTruncating(right.At<T>(memory)[first + i])));
            }
        });
        return true;
    }

    private static Layout? Operand(VectorArgs x, int index, DType dtype) =>
        x.IsNumber(index) ? null : x.Dense(x.Dense(index, dtype).Broadcast(x.Output().Shape));

    private static double SoftplusOf(double x) => Math.Max(x, 0) + Functions["log1p"](Math.Exp(-Math.Abs(x)));

    private static double Modulo(double a, double b)
    {
        var rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    }
}
