using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;

namespace Brachy;

/// <summary>The rules of batch norms.</summary>
internal static class BatchNormalizationRules
{
    // TorchSharp's function gives no statistics and overwrites the running ones. The kernels refuse an empty x or fail on it.
    private static readonly EagerScript s_batchNorm = new(
        """
        def forward(x, weight: Optional[Tensor], bias: Optional[Tensor], eps: float):
            if x.numel() == 0:
                zero = torch.zeros([x.size(1)], dtype=x.dtype if weight is None else weight.dtype, device=x.device)
                return [torch.clone(x), zero, torch.clone(zero)]
            y, mean, rstd = torch.native_batch_norm(x, weight, bias, None, None, True, 0.0, eps)
            return [y, mean, rstd]

        def track(x, running_mean, running_var, weight: Optional[Tensor], bias: Optional[Tensor], momentum: float, eps: float):
            if x.numel() == 0:
                zero = torch.zeros_like(running_mean)
                return [torch.clone(x), zero, torch.clone(zero), torch.clone(running_mean), torch.clone(running_var)]
            y, mean, rstd, new_mean, new_var = torch._native_batch_norm_legit_functional(
                x, weight, bias, running_mean, running_var, True, momentum, eps)
            return [y, mean, rstd, new_mean, new_var]

        def evaluate(x, running_mean, running_var, weight: Optional[Tensor], bias: Optional[Tensor], eps: float):
            return [torch.native_batch_norm(x, weight, bias, running_mean, running_var, False, 0.0, eps)[0]]

        def backward(g, x, mean, statistic, weight: Optional[Tensor], training: bool, eps: float, gx: bool, gw: bool, gb: bool):
            if weight is not None:
                weight = weight.contiguous()
            mean = mean.contiguous()
            statistic = statistic.contiguous()
            if training:
                r = torch.native_batch_norm_backward(g, x, weight, None, None, mean, statistic, True, eps, [gx, gw, gb])
            else:
                r = torch.native_batch_norm_backward(g, x, weight, mean, statistic, None, None, False, eps, [gx, gw, gb])
            out = [r[0]] if gx else [x][1:]
            if gw:
                out = out + [r[1]]
            if gb:
                out = out + [r[2]]
            return out

        """);

    public static torch.Tensor[] RunBatchNorm(string function, params object?[] operands) => s_batchNorm.Invoke(function, operands);

    public static string BatchNormScript(ScriptArgs<BatchNormSettings> x)
    {
        var (running, weight) = (x.Settings.Running, BatchWeight(x));
        if (x.Types[0].Shape.NumElements == 0)
        {
            var zeros = Enumerable.Repeat(
                $"torch.zeros({Script.Ints(x.Outputs[1].Shape)}, dtype={Script.Type(x.Outputs[1].DType)}, device={x[0]}.device)", 2);
            return $"torch.clone({x[0]}), "
                + $"{string.Join(", ", running ? [.. zeros, $"torch.clone({x[1]})", $"torch.clone({x[2]})"] : zeros)}";
        }

        var operands = $"{x[0]}, {NormOperands.WeightScript(x, weight)}, {NormOperands.WeightScript(x, weight + 1)}";
        var eps = Script.Real(x.Settings.Eps);
        return running
            ? $"torch._native_batch_norm_legit_functional({operands}, {x[1]}, {x[2]}, True, {Script.Real(x.Settings.Momentum)}, {eps})"
            : $"torch.native_batch_norm({operands}, None, None, True, 0.0, {eps})";
    }

    public static Tensor?[] BatchNormGradient(Tensor?[] g, Tensor[] y, VjpArgs<BatchNormSettings> x)
    {
        var (weight, result) = (BatchWeight(x), new Tensor?[x.Count]);
        if (x[0].numel() == 0)
        {
            return x.Settings.Running ? [null, g[3], g[4], .. result[3..]] : result;
        }

        var gradients = NormGradients.Of(x, weight, needs => BatchNormBackward.BindAll(
            BackwardSettings(x.Settings.Eps, needs, isTraining: true),
            [g[0] ?? zeros_like(y[0]), x[0], y[1], y[2], .. x.Inputs.Skip(weight).Take(1)]));
        gradients[1..(x.Count - weight + 1)].CopyTo(result, weight);
        NormView view = ChannelView(x, 0);
        var meanGradient = g[1];
        Tensor? varGradient = null;
        if (x.Settings.Running)
        {
            var share = x.Settings.Momentum;
            result[1] = g[3] is { } newMean ? newMean * (1 - share) : null;
            result[2] = g[4] is { } newVar ? newVar * (1 - share) : null;
            meanGradient = NormGradients.SumOf(meanGradient, g[3] is { } m ? m * share : null);

            // By the centred input: 2 / (n - 1); as a gradient by rstd, which is multiplied by -rstd³ / n later.
            varGradient = g[4] is { } v ? v * (-2 * share * view.Count / (view.Count - 1)) / (square(y[2]) * y[2]) : null;
        }

        result[0] =
            x.Needs(0)
                ? NormGradients.SumOf(
                    gradients[0], NormGradients.OfStatistics(view, x[0], y[1], y[2], meanGradient, NormGradients.SumOf(g[2], varGradient)))
                : null;
        return result;
    }

    public static Tensor?[] BatchNormTangents(Tensor?[] t, Tensor[] y, JvpArgs<BatchNormSettings> x)
    {
        if (x[0].numel() == 0)
        {
            return x.Settings.Running ? [null, null, null, t[1], t[2]] : [null, null, null];
        }

        NormView view = ChannelView(x, 0);
        var tangents = NormTangents.Of(
            x, view, t, BatchWeight(x), y[1], y[2],
            tx => BatchNormBackward.Bind(
                BackwardSettings(x.Settings.Eps, [0], isTraining: true), tx, x[0], y[1].to(x[0].dtype), y[2].to(x[0].dtype)),
            parameters => BatchNorm.BindAll(new BatchNormSettings(false, 0, x.Settings.Eps), [x[0], .. parameters])[0],
            x.Settings.Running && (x.Wants(3) || x.Wants(4)));
        if (!x.Settings.Running)
        {
            return tangents;
        }

        // The variance is 1 / rstd² but for what was added to it, and the running one is that of a sample.
        var share = x.Settings.Momentum;
        var unbiased = share * view.Count / (view.Count - 1);
        return
        [
            .. tangents,
            Tangents.Sum(t[1].Map(before => before * (1 - share)), tangents[1].Map(mean => mean * share)),
            Tangents.Sum(t[2].Map(before => before * (1 - share)), tangents[2].Map(rstd => rstd * (-2 * unbiased) / (square(y[2]) * y[2]))),
        ];
    }

    public static BatchNormBackwardSettings BackwardSettings(double eps, Shape needs, bool isTraining) =>
        new(isTraining, eps, needs);

    public static int BatchWeight(IRuleArgs<BatchNormSettings> x) => x.Settings.Running ? 3 : 1;

    public static void RequireBatchOperands(AbstractArgs x, Shape channels, int weight)
    {
        for (var i = 1; i < weight; i++)
        {
            NormOperands.RequireNormShape(x, i, i == 1 ? "running_mean" : "running_var", channels);
        }

        NormOperands.RequireNormParams(x, weight, channels);
    }

    public static NormView ChannelView(RuleArgs x, int input)
    {
        var shape = x.Types[input].Shape;
        if (shape.Rank < 2)
        {
            throw new ShapeException($"{x.Primitive.Name}: x must have at least 2 dims, [N, C, ...], but is {x.Types[input]}.");
        }

        Shape channels = [1, shape[1], .. Enumerable.Repeat(1L, shape.Rank - 2)];
        return new(shape, channels, channels, [0, .. Enumerable.Range(2, shape.Rank - 2).Select(d => (long)d)]);
    }
}
