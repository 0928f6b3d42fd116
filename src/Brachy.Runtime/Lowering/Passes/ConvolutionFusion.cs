using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Runs a convolution with known weights, what is added to it and its activation as one kernel, whose weights are laid out for it while
/// compiling.
/// </summary>
internal static class ConvolutionFusion
{
    // Measured with 64 to 512 channels: with few pixels in all (a batch of one) the kernel takes 0.4 to 0.75 of the time, as reading
    // weights is most of it.
    private const long FewPixels = 64;

    public static Graph Run(Graph graph) => graph.Equations.Any(e => e.Primitive == F.Convolution)
        ? GraphReplay.Rewrite(graph, (replay, equation, x) => Fused(replay, equation, x) is { } fused ? [fused] : null)
        : graph;

    private static Tensor? Fused(GraphReplay replay, Equation equation, Tensor[] x)
    {
        if (equation.Primitive == F.Convolution)
        {
            return x.Skip(1).All(GraphReplay.IsKnown) && IsBetter(equation) && F.CanPackConvolutionWeights ? Packed(equation, x) : null;
        }

        if (equation.Primitive == F.Add)
        {
            return WithResidual(replay, x[0], x[1]) ?? WithResidual(replay, x[1], x[0]);
        }

        return Activation(equation.Primitive) is { } activation && Open(replay, x[0]) is { } convolution
            && (activation == "relu" || Parts(convolution).Residual is null)
            ? F.FusedConvolution.Bind(F.FusedConvolution.SettingsOf(convolution) with { Activation = activation }, convolution.Inputs)
            : null;
    }

    private static bool IsBetter(Equation convolution)
    {
        var (image, result) = (convolution.Inputs[0].Type, convolution.Outputs[0].Type.Shape);
        if (image is not { Rank: 4, DType: DType.Float32 } || image.Device != Device.CPU || image.Shape[0] == 0
            || convolution.Settings is not ConvolutionSettings { Transposed: false, Groups: 1 })
        {
            return false;
        }

        var pixels = result[2] * result[3];
        return pixels >= MachineCosts.Current[MachineCost.FewestPixelsOfFusedConvolution] || result[0] * pixels <= FewPixels;
    }

    private static Tensor Packed(Equation convolution, Tensor[] x)
    {
        var settings = F.Convolution.SettingsOf(convolution);
        var weight = F.pack_convolution_weight(settings, x[1], x[0].shape);
        return F.fused_convolution(settings, "none", x[0], weight, x.Length > 2 ? x[2] : null, residual: null);
    }

    private static Tensor? WithResidual(GraphReplay replay, Tensor value, Tensor residual)
    {
        if (residual.Number is not null || !residual.Type.Equals(value.Type) || Open(replay, value) is not { } convolution
            || Parts(convolution) is not { Residual: null } parts)
        {
            return null;
        }

        return F.fused_convolution(
            F.FusedConvolution.SettingsOf(convolution), "none", convolution.Inputs[0], convolution.Inputs[1], parts.Bias, residual);
    }

    /// <summary>The fused convolution that makes a value, if more can be fused with it.</summary>
    private static RecordedOp? Open(GraphReplay replay, Tensor value) =>
        replay.IsUsedOnce(value) && replay.DefinitionOf(value, F.FusedConvolution) is { } op
        && op.Settings is FusedConvolutionSettings { Activation: "none" } ? op : null;

    private static (Tensor? Bias, Tensor? Residual) Parts(RecordedOp convolution)
    {
        var hasBias = F.FusedConvolution.SettingsOf(convolution).HasBias;
        return (hasBias ? convolution.Inputs[2] : null, convolution.Inputs.ElementAtOrDefault(hasBias ? 3 : 2));
    }

    /// <summary>oneDNN's name of an activation, if the kernel can apply it.</summary>
    private static string? Activation(Primitive primitive) =>
        primitive == F.Relu ? "relu"
        : primitive == F.Sigmoid ? "sigmoid"
        : primitive == F.Tanh ? "tanh"
        : primitive == F.Silu ? "swish"
        : primitive == F.Hardswish ? "hardswish"
        : null;
}
