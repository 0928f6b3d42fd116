using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Gradients of norms, natively and in single steps.</summary>
internal static class NormGradients
{
    /// <summary>
    /// The types of those gradients that a norm's backward primitive is asked for; checks its operands gradient, x,
    /// statistics and perhaps weight.
    /// </summary>
    public static TensorTypes Types<TSettings>(AbstractArgs<TSettings> x, int weight, Shape statistics, Shape parameters)
        where TSettings : NormGradientSettings
    {
        var dtype = NormOperands.NormParamType(x, 1, 2);
        Shapes.RequireSameDType(x, 0, 1);
        NormOperands.RequireNormShape(x, 0, "the gradient", x[1].Shape);
        for (var i = 2; i < weight; i++)
        {
            NormOperands.RequireNormShape(x, i, "a statistic", statistics);
        }

        NormOperands.RequireNormParams(x, weight, parameters);
        var needs = x.Settings.Needs;
        return TensorTypes.Create([.. needs.Select(
            i => i == 0 ? new TensorType(x[1].Shape, x[1].DType, x.Device) : new TensorType(parameters, dtype, x.Device))]);
    }

    /// <summary>Which of the gradients by input, weight and bias are wanted, as a TorchScript list of flags.</summary>
    public static string NeedsScript(IRuleArgs<NormGradientSettings> x) =>
        $"[{string.Join(", ", Enumerable.Range(0, 3).Select(i => Script.Flag(Needed(x, i))))}]";

    public static bool Needed(IRuleArgs<NormGradientSettings> x, int kind) => x.Settings.Needs.Contains(kind);

    /// <summary>Those parts of a TorchScript tuple that are wanted; the others have no value.</summary>
    public static string NeededParts<TSettings>(ScriptArgs<TSettings> x, string tuple)
        where TSettings : NormGradientSettings
    {
        var parts = x.Let(tuple);
        return string.Join(", ", x.Settings.Needs.Select(i => $"{parts}[{i}]"));
    }

    /// <summary>
    /// Asks a backward primitive for the gradients by input, weight and bias that are wanted.
    /// </summary>
    /// <param name="x">The operands of the norm; the input comes first.</param>
    /// <param name="weight">The weight's position.</param>
    /// <param name="bind">From the gradients needed to their values.</param>
    /// <param name="all">Whether all three are wanted in any case.</param>
    /// <returns>The gradients by input, weight and bias; null where not wanted.</returns>
    public static Tensor?[] Of(VjpArgs x, int weight, Func<Shape, Tensor[]> bind, bool all = false)
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
    public static Tensor[] InSteps<TSettings>(VjpArgs<TSettings> x, NormView view, Tensor? mean, Tensor rstd, Tensor? weight)
        where TSettings : NormGradientSettings
    {
        Shape parameters = weight?.shape ?? [view.Params.NumElements];
        return [.. InSteps([.. x.Settings.Needs], x[0], x[1], view, mean, rstd, weight).Select(
            (gradient, i) => x.Settings.Needs[i] > 0 ? reshape(gradient, parameters) : gradient)];
    }

    /// <summary>The gradients that are wanted; those of params in the view's shape of them.</summary>
    public static Tensor[] InSteps(long[] needs, Tensor gradient, Tensor x, NormView view, Tensor? mean, Tensor rstd, Tensor? weight)
    {
        var (g, centered) = (reshape(gradient, view.Input), reshape(x, view.Input));
        centered = mean is null ? centered : centered - reshape(mean, view.Statistics);
        rstd = reshape(rstd, view.Statistics);
        var scaled = weight is null ? g : g * reshape(weight, view.Params);
        return Array.ConvertAll(needs, Gradient);

        Tensor Gradient(long kind)
        {
            if (kind > 0)
            {
                return sum_to(kind == 1 ? g * centered * rstd : g, view.Params).to(rstd.dtype);
            }

            var along = sum(scaled * centered, view.Dims, keepdim: true) * square(rstd);
            var removed = mean is null ? centered * along : sum(scaled, view.Dims, keepdim: true) + (centered * along);
            return reshape((scaled - (removed / view.Count)) * rstd, x.shape).to(x.dtype);
        }
    }

    /// <summary>What the input's gradient gains where a result depends on the statistics themselves; null if none does.</summary>
    public static Tensor? OfStatistics(
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

    public static Tensor? SumOf(Tensor? left, Tensor? right) => left is null ? right : right is null ? left : left + right;
}
