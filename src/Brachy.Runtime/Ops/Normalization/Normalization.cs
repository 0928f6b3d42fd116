using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>The gradients that are wanted of x, weight and bias, by their numbers.</summary>
internal abstract record NormGradientSettings(Shape Needs) : Settings;

// What the primitives of batch, layer, group and RMS normalisation share. Each has statistics as further results, so that
// its gradient is one kernel; operands end with weight and bias, or weight, or neither.
public static partial class F
{
    /// <summary>How a norm sees its operands, so that statistics and params broadcast with the input.</summary>
    /// <param name="Input">The shape in which the input is seen.</param>
    /// <param name="Statistics">The shape in which mean and reciprocal deviation are seen.</param>
    /// <param name="Params">The shape in which weight and bias are seen.</param>
    /// <param name="Dims">The dims of the input that one mean is taken over.</param>
    private readonly record struct NormView(Shape Input, Shape Statistics, Shape Params, long[] Dims)
    {
        /// <summary>The number of elements that one mean is taken over.</summary>
        public double Count
        {
            get
            {
                var input = Input;
                return Dims.Aggregate(1.0, (product, dim) => product * input[(int)dim]);
            }
        }
    }

    /// <summary>Weight and bias as operands. A bias alone gets a weight of ones, as the kernels' gradients know no other bias.</summary>
    private static Tensor[] NormParams(Tensor? weight, Tensor? bias) => (weight, bias) switch
    {
        (null, null) => [],
        (null, _) => [ones_like(bias), bias],
        (_, null) => [weight],
        _ => [weight, bias],
    };

    /// <summary>
    /// Checks the element types of a norm: all equal, or float32 beside an input of a 16-bit type, as libtorch's kernels take them.
    /// </summary>
    /// <param name="x">The operands.</param>
    /// <param name="input">The input's position.</param>
    /// <param name="parameters">The position from which all operands are params or statistics.</param>
    /// <returns>The element type of params and statistics.</returns>
    private static DType NormParamType(AbstractArgs x, int input, int parameters)
    {
        Shapes.RequireFloat(x, input, "x");
        var dtype = parameters < x.Count ? x[parameters].DType : x[input].DType;
        for (var i = parameters; i < x.Count; i++)
        {
            if (x[i].DType != dtype)
            {
                throw new DTypeException($"{x.Primitive.Name}: params and statistics have element types {dtype.Name()} ({x[parameters]}) "
                    + $"and {x[i].DType.Name()} ({x[i]}); cast one with x.to(dtype).");
            }
        }

        return dtype == x[input].DType || (dtype == DType.Float32 && x[input].DType is DType.Float16 or DType.BFloat16)
            ? dtype
            : throw new DTypeException($"{x.Primitive.Name}: x is {x[input]} and its params or statistics are {dtype.Name()}; they must "
                + "have its type, or float32 beside float16 and bfloat16. Cast with x.to(dtype).");
    }

    private static void RequireNormShape(AbstractArgs x, int operand, string name, Shape expected)
    {
        if (x[operand].Shape != expected)
        {
            throw new ShapeException($"{x.Primitive.Name}: {name} must have shape {expected}, but is {x[operand]}.");
        }
    }

    /// <summary>Checks the shapes of weight and bias, where there are any.</summary>
    private static void RequireNormParams(AbstractArgs x, int weight, Shape expected)
    {
        for (var i = weight; i < x.Count; i++)
        {
            RequireNormShape(x, i, i == weight ? "weight" : "bias", expected);
        }
    }

    /// <summary>
    /// The types of those gradients that a norm's backward primitive is asked for; checks its operands gradient, x,
    /// statistics and perhaps weight.
    /// </summary>
    private static TensorTypes NormGradientTypes<TSettings>(AbstractArgs<TSettings> x, int weight, Shape statistics, Shape parameters)
        where TSettings : NormGradientSettings
    {
        var dtype = NormParamType(x, 1, 2);
        Shapes.RequireSameDType(x, 0, 1);
        RequireNormShape(x, 0, "the gradient", x[1].Shape);
        for (var i = 2; i < weight; i++)
        {
            RequireNormShape(x, i, "a statistic", statistics);
        }

        RequireNormParams(x, weight, parameters);
        var needs = x.Settings.Needs;
        return TensorTypes.Create([.. needs.Select(
            i => i == 0 ? new TensorType(x[1].Shape, x[1].DType, x.Device) : new TensorType(parameters, dtype, x.Device))]);
    }

    /// <summary>Which of the gradients by input, weight and bias are wanted, as a TorchScript list of flags.</summary>
    private static string NeedsScript(IRuleArgs<NormGradientSettings> x) =>
        $"[{string.Join(", ", Enumerable.Range(0, 3).Select(i => Script.Flag(Needed(x, i))))}]";

    private static bool Needed(IRuleArgs<NormGradientSettings> x, int kind) => x.Settings.Needs.Contains(kind);

    /// <summary>Those parts of a TorchScript tuple that are wanted; the others have no value.</summary>
    private static string NeededParts<TSettings>(ScriptArgs<TSettings> x, string tuple)
        where TSettings : NormGradientSettings
    {
        var parts = x.Let(tuple);
        return string.Join(", ", x.Settings.Needs.Select(i => $"{parts}[{i}]"));
    }

    private static string WeightScript(ScriptArgs x, int weight) => x.Count > weight ? x[weight] : "None";

    private static torch.Tensor? WeightOf(EagerArgs x, int weight) => x.Count > weight ? x[weight] : null;

    /// <summary>
    /// Asks a backward primitive for the gradients by input, weight and bias that are wanted.
    /// </summary>
    /// <param name="x">The operands of the norm; the input comes first.</param>
    /// <param name="weight">The weight's position.</param>
    /// <param name="bind">From the gradients needed to their values.</param>
    /// <param name="all">Whether all three are wanted in any case.</param>
    /// <returns>The gradients by input, weight and bias; null where not wanted.</returns>
    private static Tensor?[] NormGradients(VjpArgs x, int weight, Func<Shape, Tensor[]> bind, bool all = false)
    {
        var needs = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            var operand = i == 0 ? 0 : weight + i - 1;
            if (all || (operand < x.Count && x.Needs(operand)))
            {
                needs.Add(i);
            }
        }

        var result = new Tensor?[3];
        if (needs.Count > 0)
        {
            var gradients = bind([.. needs]);
            for (var i = 0; i < gradients.Length; i++)
            {
                result[needs[i]] = gradients[i];
            }
        }

        return result;
    }

    /// <summary>The gradients by input, weight and bias in plain ops, with the statistics as variables of their own.</summary>
    /// <param name="x">Operands of a backward primitive: the gradient, the input and so on.</param>
    /// <param name="view">How to see them.</param>
    /// <param name="mean">The mean; null for a norm without one.</param>
    /// <param name="rstd">The reciprocal of the deviation.</param>
    /// <param name="weight">The weight or null.</param>
    private static Tensor[] PlainNormGradients<TSettings>(VjpArgs<TSettings> x, NormView view, Tensor? mean, Tensor rstd, Tensor? weight)
        where TSettings : NormGradientSettings
    {
        var (g, centered) = (reshape(x[0], view.Input), reshape(x[1], view.Input));
        centered = mean is null ? centered : centered - reshape(mean, view.Statistics);
        rstd = reshape(rstd, view.Statistics);
        var scaled = weight is null ? g : g * reshape(weight, view.Params);
        var parameterShape = weight?.shape ?? Shape.Create([view.Params.NumElements]);
        return [.. x.Settings.Needs.Select(Gradient)];

        Tensor Gradient(long kind)
        {
            if (kind > 0)
            {
                return reshape(sum_to(kind == 1 ? g * centered * rstd : g, view.Params), parameterShape).to(rstd.dtype);
            }

            var along = sum(scaled * centered, view.Dims, keepdim: true) * square(rstd);
            var removed = mean is null ? centered * along : sum(scaled, view.Dims, keepdim: true) + (centered * along);
            return reshape((scaled - (removed / view.Count)) * rstd, x[1].shape).to(x[1].dtype);
        }
    }

    /// <summary>What the input's gradient gains where a result depends on the statistics themselves; null if none does.</summary>
    private static Tensor? StatisticsGradient(
        NormView view, Tensor x, Tensor? mean, Tensor rstd, Tensor? meanGradient, Tensor? rstdGradient)
    {
        // Means of nothing depend on nothing.
        if (x.numel() == 0)
        {
            return null;
        }

        Tensor? sum = meanGradient is null ? null : expand(reshape(meanGradient / view.Count, view.Statistics), view.Input);
        if (rstdGradient is not null)
        {
            var centered = mean is null ? reshape(x, view.Input) : reshape(x, view.Input) - reshape(mean, view.Statistics);
            var term = centered * reshape(rstdGradient * square(rstd) * rstd / -view.Count, view.Statistics);
            sum = sum is null ? term : sum + term;
        }

        return sum is null ? null : reshape(sum, x.shape).to(x.dtype);
    }

    private static Tensor? SumOf(Tensor? left, Tensor? right) => left is null ? right : right is null ? left : left + right;
}
