using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.LayerNormRules;

namespace Brachy;

/// <summary>How many dims at the end were normalized together, and the gradients that are wanted.</summary>
internal sealed record LayerNormBackwardSettings(long Dims, Shape Needs) : NormGradientSettings(Needs)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims), ("needs", Needs)];
}

// Normalisation over the last dims.
public static partial class F
{
    /// <summary>
    /// (x - mean) / sqrt(variance + eps) * weight + bias, with mean and (biased) variance over the last dims.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html.
    /// </summary>
    /// <param name="x">[..., normalized_shape], of a floating-point type.</param>
    /// <param name="normalized_shape">The sizes of the last dims, at least one.</param>
    /// <param name="weight">Of shape normalized_shape; null for ones. In the type of x, or float32 beside float16 and bfloat16.</param>
    /// <param name="bias">The same; null for zeros.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>Shape and element type: as x.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public static Tensor layer_norm(Tensor x, Shape normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        LastDimsNorm.RequireLastDims("layer_norm", x, normalized_shape);
        return LayerNorm.BindAll(new LayerNormSettings(normalized_shape.Rank, eps), [x, .. NormOperands.NormParams(weight, bias)])[0];
    }

    /// <summary>Results: the output, the mean and the reciprocal of the deviation, with the normalised dims of size 1.</summary>
    internal static readonly Primitive<LayerNormSettings> LayerNorm = new("layer_norm")
    {
        Abstract = x =>
        {
            var dtype = NormOperands.NormParamType(x, 0, 1);
            NormView view = LastDimsNorm.LayerView(x, x.Settings.Dims, 0);
            NormOperands.RequireNormParams(x, 1, LastDimsNorm.LastDims(x, x.Settings.Dims, 0));
            var statistics = new TensorType(view.Statistics, dtype, x.Device);
            return [new TensorType(x[0].Shape, x[0].DType, x.Device), statistics, statistics];
        },
        Eager = x =>
            RunLayerNorm("forward", x[0], x.Settings.Dims, NormOperands.WeightOf(x, 1), NormOperands.WeightOf(x, 2), x.Settings.Eps),
        Script = x => $"torch.native_layer_norm({x[0]}, {Script.Ints(LastDimsNorm.LastDims(x, x.Settings.Dims, 0))}, "
            + $"{NormOperands.WeightScript(x, 1)}, "
            + $"{NormOperands.WeightScript(x, 2)}, {Script.Real(x.Settings.Eps)})",
        IsDense = _ => true,
        Vjp = Vjp.Multi<LayerNormSettings>(LayerNormGradient),
        Jvp = Jvp.Multi<LayerNormSettings>(LayerNormTangents),
        Batching = NormBatching.LastDims,
    };

    // Operands: gradient, x, mean, reciprocal of the deviation, perhaps weight.
    internal static readonly Primitive<LayerNormBackwardSettings> LayerNormBackward = new("layer_norm_backward")
    {
        Abstract = x => NormGradients.Types(
            x, 4, LastDimsNorm.LayerView(x, x.Settings.Dims, 1).Statistics, LastDimsNorm.LastDims(x, x.Settings.Dims, 1)),
        Eager = x => RunLayerNorm(
            "backward", x[0], x[1], x.Settings.Dims, x[2], x[3], NormOperands.WeightOf(x, 4), NormGradients.Needed(x, 0),
            NormGradients.Needed(x, 1), NormGradients.Needed(x, 2)),

        // A bias is only looked at for its shape: the weight does as well. The kernel walks the memory of the statistics.
        Script = x => NormGradients.NeededParts(
            x, $"torch.native_layer_norm_backward({x[0]}, {x[1]}, {Script.Ints(LastDimsNorm.LastDims(x, x.Settings.Dims, 1))}, "
                + $"{x.Dense(2)}, {x.Dense(3)}, "
                + $"{NormOperands.WeightScript(x, 4)}, {NormOperands.WeightScript(x, 4)}, {NormGradients.NeedsScript(x)})"),
        IsDense = _ => true,
        Vjp = Vjp.Decompose<LayerNormBackwardSettings>(
            x => NormGradients.InSteps(x, LastDimsNorm.LayerView(x, x.Settings.Dims, 1), x[2], x[3], x.Count > 4 ? x[4] : null)),
        Jvp = Jvp.Linear(0),
        Batching = NormBatching.Backward<LayerNormBackwardSettings>(
            4, x => LastDimsNorm.LayerView(x, x.Settings.Dims, 1), isFolded: false),
    };
}

/// <summary>The rules of layer norms.</summary>
file static class LayerNormRules
{
    public static Tensor?[] LayerNormGradient(Tensor?[] g, Tensor[] y, VjpArgs<LayerNormSettings> x)
    {
        var gradients = NormGradients.Of(x, 1, needs => LayerNormBackward.BindAll(
            new LayerNormBackwardSettings(x.Settings.Dims, needs),
            [g[0] ?? zeros_like(y[0]), x[0], y[1], y[2], .. x.Inputs.Skip(1).Take(1)]));
        gradients[0] = NormGradients.SumOf(
            gradients[0],
            x.Needs(0) ? NormGradients.OfStatistics(LastDimsNorm.LayerView(x, x.Settings.Dims, 0), x[0], y[1], y[2], g[1], g[2]) : null);
        return gradients[..x.Count];
    }

    public static Tensor?[] LayerNormTangents(Tensor?[] t, Tensor[] y, JvpArgs<LayerNormSettings> x) => NormTangents.Of(
        x, LastDimsNorm.LayerView(x, x.Settings.Dims, 0), t, 1, y[1], y[2],
        tx => LayerNormBackward.Bind(
            new LayerNormBackwardSettings(x.Settings.Dims, [0]), tx, x[0], y[1].to(x[0].dtype), y[2].to(x[0].dtype)),
        parameters => LayerNorm.BindAll(x.Settings, [x[0], .. parameters])[0]);

    // TorchSharp has no functions for these kernels.
    private static readonly EagerScript s_layerNorm = new(
        """
        def forward(x, dims: int, weight: Optional[Tensor], bias: Optional[Tensor], eps: float):
            y, mean, rstd = torch.native_layer_norm(x, x.size()[x.dim() - dims:], weight, bias, eps)
            return [y, mean, rstd]

        def backward(g, x, dims: int, mean, rstd, weight: Optional[Tensor], gx: bool, gw: bool, gb: bool):
            r = torch.native_layer_norm_backward(
                g, x, x.size()[x.dim() - dims:], mean.contiguous(), rstd.contiguous(), weight, weight, [gx, gw, gb])
            out = [r[0]] if gx else [x][1:]
            if gw:
                out = out + [r[1]]
            if gb:
                out = out + [r[2]]
            return out

        """);

    public static torch.Tensor[] RunLayerNorm(string function, params object?[] operands) => s_layerNorm.Invoke(function, operands);
}
