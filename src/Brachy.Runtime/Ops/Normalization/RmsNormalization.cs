using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.RmsNormRules;

namespace Brachy;

// Normalisation by the root of the mean square of the last dims.
public static partial class F
{
    /// <summary>
    /// x / sqrt(mean(x²) + eps) * weight, with the mean over the last dims; float16 and bfloat16 are computed in float32.
    /// Source: pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html.
    /// </summary>
    /// <param name="x">[..., normalized_shape], of a floating-point type.</param>
    /// <param name="normalized_shape">The sizes of the last dims, at least one.</param>
    /// <param name="weight">Of shape normalized_shape and any floating-point type; null for ones.</param>
    /// <param name="eps">
    /// Added to the mean square; null for the smallest number that can be added to 1 in the type of the computation.
    /// </param>
    /// <returns>Shape and element type: as x.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">An element type is not floating-point.</exception>
    public static Tensor rms_norm(Tensor x, Shape normalized_shape, Tensor? weight = null, double? eps = null)
    {
        LastDimsNorm.RequireLastDims("rms_norm", x, normalized_shape);
        if (!x.dtype.IsFloatingPoint() || weight?.dtype.IsFloatingPoint() == false)
        {
            throw new DTypeException($"rms_norm: x and weight must have floating-point types, but are {x.Type} and {weight?.Type}; cast "
                + "with x.to(DType.Float32).");
        }

        var dtype = x.dtype == DType.Float64 ? DType.Float64 : DType.Float32;
        var settings = new LayerNormSettings(
            normalized_shape.Rank, eps ?? (dtype == DType.Float64 ? double.BitIncrement(1) - 1 : float.BitIncrement(1) - 1));
        return (weight is null ? RmsNorm.BindAll(settings, x.to(dtype)) : RmsNorm.BindAll(settings, x.to(dtype), weight.to(dtype)))[0].to(
            x.dtype);
    }

    /// <summary>Results: the output and the reciprocal of the root, with the normalised dims of size 1.</summary>
    internal static readonly Primitive<LayerNormSettings> RmsNorm = new("rms_norm")
    {
        Abstract = x =>
        {
            RequireWide(x, 0);
            NormView view = LastDimsNorm.LayerView(x, x.Settings.Dims, 0);
            NormOperands.RequireNormParams(x, 1, LastDimsNorm.LastDims(x, x.Settings.Dims, 0));
            return [new TensorType(x[0].Shape, x[0].DType, x.Device), new TensorType(view.Statistics, x[0].DType, x.Device)];
        },
        Eager = x => RunRmsNorm(
            "forward", x[0], x.Settings.Dims, 1 / Math.Sqrt(LastDimsNorm.LayerView(x, x.Settings.Dims, 0).Count),
            NormOperands.WeightOf(x, 1), x.Settings.Eps),

        // The norm passes over x once and stores nothing of its size.
        Script = x =>
        {
            NormView view = LastDimsNorm.LayerView(x, x.Settings.Dims, 0);
            var root = x.Let($"torch.mul(torch.linalg_vector_norm({x[0]}, 2, {Script.Ints(view.Dims)}, True), "
                + $"{Script.Real(1 / Math.Sqrt(view.Count))})");
            var rstd = x.Let($"torch.rsqrt(torch.add(torch.square({root}), {Script.Real(x.Settings.Eps)}))");
            var scaled = $"torch.mul({x[0]}, {rstd})";
            return $"{(x.Count > 1 ? $"torch.mul({scaled}, {x[1]})" : scaled)}, {rstd}";
        },
        Vjp = Vjp.Multi<LayerNormSettings>(RmsNormGradient),
        Jvp = Jvp.Multi<LayerNormSettings>(RmsNormTangents),
        Batching = NormBatching.LastDims,
    };

    // Operands: gradient, x, reciprocal of the root, perhaps weight. The kernel of layer normalisation does nearly all of it:
    // with a mean of 0, it only takes off the mean of the gradient too much.
    internal static readonly Primitive<LayerNormBackwardSettings> RmsNormBackward = new("rms_norm_backward")
    {
        Abstract = x =>
        {
            RequireWide(x, 1);
            return NormGradients.Types(
                x, 3, LastDimsNorm.LayerView(x, x.Settings.Dims, 1).Statistics, LastDimsNorm.LastDims(x, x.Settings.Dims, 1));
        },
        Eager = x => RunRmsNorm(
            "backward", x[0], x[1], x.Settings.Dims, 1 / LastDimsNorm.LayerView(x, x.Settings.Dims, 1).Count, x[2],
            NormOperands.WeightOf(x, 3), NormGradients.Needed(x, 0), NormGradients.Needed(x, 1)),
        Script = x =>
        {
            // The kernel walks the memory of the statistics.
            var (view, weight, rstd) = (LastDimsNorm.LayerView(x, x.Settings.Dims, 1), NormOperands.WeightScript(x, 3), x.Dense(2));
            var parts = x.Let(
                $"torch.native_layer_norm_backward({x[0]}, {x[1]}, {Script.Ints(LastDimsNorm.LastDims(x, x.Settings.Dims, 1))}, "
                    + $"torch.zeros_like({rstd}), {rstd}, {weight}, None, {NormGradients.NeedsScript(x)})");
            var scaled = x.Count > 3 ? $"torch.mul({x[0]}, {weight})" : x[0];
            var total = x.Count > 3 && view.Dims.Length == 1
                ? $"torch.unsqueeze(torch.matmul({x[0]}, {weight}), -1)"
                : $"torch.sum({scaled}, {Script.Ints(view.Dims)}, True)";
            return string.Join(", ", x.Settings.Needs.Select(kind => kind == 0
                ? $"torch.addcmul({parts}[0], {total}, {rstd}, value={Script.Real(1 / view.Count)})"
                : $"{parts}[1]"));
        },
        Vjp = Vjp.Decompose<LayerNormBackwardSettings>(
            x => NormGradients.InSteps(x, LastDimsNorm.LayerView(x, x.Settings.Dims, 1), null, x[2], x.Count > 3 ? x[3] : null)),
        Jvp = Jvp.Linear(0),
        Batching = NormBatching.Backward<LayerNormBackwardSettings>(
            3, x => LastDimsNorm.LayerView(x, x.Settings.Dims, 1), isFolded: false),
    };
}

/// <summary>The rules of RMS norms.</summary>
file static class RmsNormRules
{
    public static Tensor?[] RmsNormGradient(Tensor?[] g, Tensor[] y, VjpArgs<LayerNormSettings> x)
    {
        var gradients = NormGradients.Of(x, 1, needs => RmsNormBackward.BindAll(
            new LayerNormBackwardSettings(x.Settings.Dims, needs), [g[0] ?? zeros_like(y[0]), x[0], y[1], .. x.Inputs.Skip(1)]));
        gradients[0] = NormGradients.SumOf(
            gradients[0],
            x.Needs(0) ? NormGradients.OfStatistics(LastDimsNorm.LayerView(x, x.Settings.Dims, 0), x[0], null, y[1], null, g[1]) : null);
        return gradients[..x.Count];
    }

    public static Tensor?[] RmsNormTangents(Tensor?[] t, Tensor[] y, JvpArgs<LayerNormSettings> x) => NormTangents.Of(
        x, LastDimsNorm.LayerView(x, x.Settings.Dims, 0), t, 1, null, y[1],
        tx => RmsNormBackward.Bind(new LayerNormBackwardSettings(x.Settings.Dims, [0]), tx, x[0], y[1]),
        parameters => RmsNorm.BindAll(x.Settings, [x[0], .. parameters])[0]);

    // TorchSharp has no functions for these kernels.
    private static readonly EagerScript s_rmsNorm = new(
        """
        def forward(x, dims: int, scale: float, weight: Optional[Tensor], eps: float):
            last = [i - dims for i in range(dims)]
            root = torch.linalg_vector_norm(x, 2, last, True) * scale
            rstd = torch.rsqrt(torch.square(root) + eps)
            y = x * rstd
            if weight is not None:
                y = y * weight
            return [y, rstd]

        def backward(g, x, dims: int, scale: float, rstd, weight: Optional[Tensor], gx: bool, gw: bool):
            rstd = rstd.contiguous()
            r = torch.native_layer_norm_backward(
                g, x, x.size()[x.dim() - dims:], torch.zeros_like(rstd), rstd, weight, None, [gx, gw, False])
            out = [x][1:]
            if gx:
                scaled = g
                if weight is not None:
                    scaled = g * weight
                out = out + [torch.addcmul(r[0], torch.sum(scaled, [i - dims for i in range(dims)], True), rstd, value=scale)]
            if gw:
                out = out + [r[1]]
            return out

        """);

    public static torch.Tensor[] RunRmsNorm(string function, params object?[] operands) => s_rmsNorm.Invoke(function, operands);

    public static void RequireWide(AbstractArgs x, int input)
    {
        Shapes.RequireFloat(x, input, "x");
        Shapes.RequireSameDType(x, [.. Enumerable.Range(0, x.Count)]);
        if (x[input].DType is DType.Float16 or DType.BFloat16)
        {
            throw new DTypeException($"{x.Primitive.Name}: x must be float32 or float64, but is {x[input]}.");
        }
    }
}
