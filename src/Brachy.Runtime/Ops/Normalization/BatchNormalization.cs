using Brachy.Extending;
using static Brachy.F;
using static Brachy.InferenceRules;

namespace Brachy;

/// <summary>Whether there are running statistics, how fast they follow, and what is added to the variance.</summary>
internal sealed record BatchNormSettings(bool Running, double Momentum, double Eps) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("running", Running), ("momentum", Momentum), ("eps", Eps)];
}

/// <summary>How the results were made, and the gradients that are wanted.</summary>
internal sealed record BatchNormBackwardSettings(bool Training, double Eps, Shape Needs) : NormGradientSettings(Needs)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("training", Training), ("eps", Eps), ("needs", Needs)];
}

// Normalisation of each channel over a batch.
public static partial class F
{
    /// <summary>
    /// (x - mean) / sqrt(variance + eps) * weight + bias for each channel. In training, mean and (biased) variance are those of the
    /// batch, and the running statistics move towards them: new = (1 - momentum) * old + momentum * (mean or unbiased variance).
    /// Otherwise the running statistics are used as they are. Nothing is overwritten: the new running statistics are results.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html.
    /// </summary>
    /// <param name="x">[N, C, ...], of a floating-point type.</param>
    /// <param name="running_mean">
    /// [C]; null in training keeps no statistics. In the type of x, or float32 beside float16 and bfloat16.
    /// </param>
    /// <param name="running_var">The same.</param>
    /// <param name="weight">[C]; null for ones. In the type of the other params.</param>
    /// <param name="bias">[C]; null for zeros. In the type of the other params.</param>
    /// <param name="training">Whether to use the statistics of the batch.</param>
    /// <param name="momentum">The share of the new statistics: a number or a 0-dim tensor; 0.1 by default.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>
    /// The output, with shape and element type of x, and the running statistics afterwards: new ones in training, otherwise those given.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit, or there is only one value for each channel in training.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentException">One running statistic is missing, or both are outside training.</exception>
    public static (Tensor output, Tensor? running_mean, Tensor? running_var) batch_norm(
        Tensor x, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false,
        Tensor? momentum = null, double eps = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        RunningStatistics.RequireRunning("batch_norm", running_mean, running_var, isOptional: training);
        var share = RunningStatistics.RequireMomentum("batch_norm", momentum);
        if (!training)
        {
            return (
                BatchNormInference.Bind(
                    new BatchNormInferenceSettings(eps), [x, running_mean!, running_var!, .. NormOperands.NormParams(weight, bias)]),
                running_mean, running_var);
        }

        if (running_mean is null || running_var is null)
        {
            return (BatchStatistics(false, 0)[0], null, null);
        }

        if (x.numel() == 0 || momentum is null or { Number: not null })
        {
            var results = BatchStatistics(true, share);
            return (results[0], results[3], results[4]);
        }

        // A share that is not known yet: take over the statistics of the batch, then mix.
        var whole = BatchNorm.BindAll(
            Settings(true, 1), [x, zeros_like(running_mean), zeros_like(running_var), .. NormOperands.NormParams(weight, bias)]);
        return (whole[0], RunningStatistics.Mix(running_mean, whole[3], momentum), RunningStatistics.Mix(running_var, whole[4], momentum));

        Tensor[] BatchStatistics(bool running, double share) => BatchNorm.BindAll(
            Settings(running, share),
            running
                ? [x, running_mean!, running_var!, .. NormOperands.NormParams(weight, bias)]
                : [x, .. NormOperands.NormParams(weight, bias)]);

        BatchNormSettings Settings(bool running, double share) => new(running, share, eps);
    }

    /// <summary>
    /// Normalisation by the statistics of the batch. Operands: x, perhaps running mean and variance, perhaps weight and bias.
    /// Results: output, mean, reciprocal of the deviation, and with running statistics the new ones. Of an empty x the
    /// statistics mean nothing.
    /// </summary>
    internal static readonly Primitive<BatchNormSettings> BatchNorm = new("batch_norm")
    {
        Abstract = x =>
        {
            var dtype = NormOperands.NormParamType(x, 0, 1);
            NormView view = BatchNormalizationRules.ChannelView(x, 0);
            var type = new TensorType([x[0].Shape[1]], dtype, x.Device);
            BatchNormalizationRules.RequireBatchOperands(x, type.Shape, BatchNormalizationRules.BatchWeight(x));
            if (view.Count == 1)
            {
                throw new ShapeException(
                    $"batch_norm: {x[0]} has only one value for each channel: there is no variance. Train with more samples, or evaluate.");
            }

            var output = new TensorType(x[0].Shape, x[0].DType, x.Device);
            return x.Settings.Running ? [output, type, type, type, type] : [output, type, type];
        },
        Eager = x => x.Settings.Running
            ? BatchNormalizationRules.RunBatchNorm(
                "track", x[0], x[1], x[2], NormOperands.WeightOf(x, 3), NormOperands.WeightOf(x, 4), x.Settings.Momentum, x.Settings.Eps)
            : BatchNormalizationRules.RunBatchNorm(
                "forward", x[0], NormOperands.WeightOf(x, 1), NormOperands.WeightOf(x, 2), x.Settings.Eps),
        Script = BatchNormalizationRules.BatchNormScript,
        Vjp = Vjp.Multi<BatchNormSettings>(BatchNormalizationRules.BatchNormGradient),
        Jvp = Jvp.Multi<BatchNormSettings>(BatchNormalizationRules.BatchNormTangents),
        Batching = NormBatching.Channels(0),
    };

    /// <summary>Normalisation by given statistics. Operands: x, mean, variance, perhaps weight and bias.</summary>
    internal static readonly Primitive<BatchNormInferenceSettings> BatchNormInference = new("batch_norm_inference")
    {
        Abstract = x =>
        {
            _ = NormOperands.NormParamType(x, 0, 1);
            _ = BatchNormalizationRules.ChannelView(x, 0);
            BatchNormalizationRules.RequireBatchOperands(x, [x[0].Shape[1]], 3);
            return new TensorType(x[0].Shape, x[0].DType, x.Device);
        },
        Eager = x => BatchNormalizationRules.RunBatchNorm(
            "evaluate", x[0], x[1], x[2], NormOperands.WeightOf(x, 3), NormOperands.WeightOf(x, 4), x.Settings.Eps)[0],
        Script = x => $"torch.native_batch_norm({x[0]}, {NormOperands.WeightScript(x, 3)}, {NormOperands.WeightScript(x, 4)}, {x[1]}, "
            + $"{x[2]}, False, 0.0, "
            + $"{Script.Real(x.Settings.Eps)})[0]",
        Vjp = Vjp.Rule<BatchNormInferenceSettings>(InferenceGradient),
        Jvp = Jvp.Rule<BatchNormInferenceSettings>(InferenceTangent),
        Batching = Batching.Either(
            x => !Enumerable.Range(1, x.Count - 1).Any(x.IsBatched), Batching.FoldedOver(0), NormBatching.Channels(0)),
    };

    // Operands: gradient, x, mean, the reciprocal of the deviation (in training) or the variance, perhaps weight.
    internal static readonly Primitive<BatchNormBackwardSettings> BatchNormBackward = new("batch_norm_backward")
    {
        Abstract = x =>
        {
            _ = BatchNormalizationRules.ChannelView(x, 1);
            return x[1].Shape.NumElements > 0
                ? NormGradients.Types(x, 4, [x[1].Shape[1]], [x[1].Shape[1]])
                : throw new ShapeException($"batch_norm_backward: x is empty, {x[1]}.");
        },
        Eager = x => BatchNormalizationRules.RunBatchNorm(
            "backward", x[0], x[1], x[2], x[3], NormOperands.WeightOf(x, 4), x.Settings.Training, x.Settings.Eps,
            NormGradients.Needed(x, 0), NormGradients.Needed(x, 1), NormGradients.Needed(x, 2)),

        // The kernel takes params to be dense when x is channels last.
        Script = x =>
        {
            var statistics = $"{x.Dense(2)}, {x.Dense(3)}";
            return NormGradients.NeededParts(x, $"torch.native_batch_norm_backward({x[0]}, {x[1]}, {NormOperands.DenseWeight(x, 4)}, "
                + $"{(x.Settings.Training ? $"None, None, {statistics}" : $"{statistics}, None, None")}, "
                + $"{Script.Flag(x.Settings.Training)}, {Script.Real(x.Settings.Eps)}, {NormGradients.NeedsScript(x)})");
        },
        Vjp = Vjp.Decompose<BatchNormBackwardSettings>(x =>
        {
            var (view, weight) = (BatchNormalizationRules.ChannelView(x, 1), x.Count > 4 ? x[4] : null);
            if (x.Settings.Training)
            {
                return NormGradients.InSteps(x, view, x[2], x[3], weight);
            }

            var rstd = reshape(rsqrt(x[3] + x.Settings.Eps), view.Statistics);
            return [.. x.Settings.Needs.Select(kind => kind switch
            {
                0 => (x[0] * rstd * (weight is null ? 1 : reshape(weight, view.Params))).to(x[1].dtype),
                1 => reshape(sum_to(x[0] * (x[1] - reshape(x[2], view.Statistics)) * rstd, view.Params), x[3].shape).to(x[3].dtype),
                _ => reshape(sum_to(x[0], view.Params), x[3].shape).to(x[3].dtype),
            })];
        }),
        Batching = NormBatching.Channels(0, 1),
    };
}

/// <summary>The gradient of a batch norm with statistics that are given.</summary>
file static class InferenceRules
{
    public static Tensor?[] InferenceGradient(Tensor g, Tensor y, VjpArgs<BatchNormInferenceSettings> x)
    {
        if (x[0].numel() == 0)
        {
            return new Tensor?[x.Count];
        }

        var byStatistics = x.Needs(1) || x.Needs(2);
        var weight = x.Count > 3 ? x[3] : null;
        var gradients = NormGradients.Of(
            x, 3, needs => BatchNormBackward.BindAll(
                BatchNormalizationRules.BackwardSettings(x.Settings.Eps, needs, isTraining: false),
                [g, x[0], x[1], x[2], .. x.Inputs.Skip(3).Take(1)]), all: byStatistics);
        Tensor?[] all =
        [
            gradients[0],
            x.If(1, () => -gradients[2]! * rsqrt(x[2] + x.Settings.Eps) * (weight ?? 1)),
            x.If(2, () => gradients[1]! * (weight ?? 1) / (x[2] + x.Settings.Eps) * -0.5),
            gradients[1],
            gradients[2],
        ];
        return all[..x.Count];
    }

    public static Tensor? InferenceTangent(Tensor?[] t, Tensor y, JvpArgs<BatchNormInferenceSettings> x)
    {
        NormView view = BatchNormalizationRules.ChannelView(x, 0);
        Tensor OfChannels(Tensor values) => reshape(values, view.Statistics);
        var rstd = rsqrt(x[2] + x.Settings.Eps);
        var scale = x.Count > 3 ? rstd * x[3] : rstd;
        var byMean = t[1].Map(mean => -mean * scale);
        var byVariance = t[2].Map(variance => variance * rstd * scale * -0.5);
        var weight = Tangents.Sum(byVariance, x.Count > 3 ? t[3] : null);
        var bias = Tangents.Sum(byMean, x.Count > 4 ? t[4] : null);
        return Tangents.Sum(
            t[0].Map(tx => (tx * OfChannels(scale)).to(x[0].dtype)),
            weight is not null
                ? BatchNormInference.Bind(x.Settings, x[0], x[1], x[2], weight, bias ?? zeros_like(weight))
                : bias.Map(b => OfChannels(b).to(x[0].dtype)));
    }
}
