using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Folds the batch norm of an evaluated network into the convolution before it, when weights and statistics are constants:
/// norm(x ∗ w + b) = x ∗ (s w) + (s (b - mean) + bias) with s = weight / sqrt(var + eps).
/// </summary>
internal static class BatchNormFolding
{
    public static Graph Run(Graph graph) => ConstantFolding.Run(GraphReplay.Rewrite(graph, (replay, equation, x) =>
    {
        if (equation.Primitive != F.BatchNormInference || !x.Skip(1).All(GraphReplay.IsKnown)
            || replay.DefinitionOf(x[0], F.Convolution) is not { } convolution || !replay.IsUsedOnce(x[0])
            || !convolution.Inputs.Skip(1).All(GraphReplay.IsKnown)
            || F.Convolution.SettingsOf(convolution).Transposed || x[1].dtype != x[0].dtype)
        {
            return null;
        }

        var (mean, variance) = (x[1], x[2]);
        var scale = F.rsqrt(variance + F.BatchNormInference.SettingsOf(equation).Eps);
        scale = x.Length > 3 ? x[3] * scale : scale;
        var shift = convolution.Inputs.Length > 2 ? convolution.Inputs[2] - mean : -mean;
        shift = x.Length > 4 ? (shift * scale) + x[4] : shift * scale;
        var weight = convolution.Inputs[1];
        Shape perChannel = [weight.shape[0], .. Enumerable.Repeat(1L, weight.ndim - 1)];
        return F.Convolution.BindAll(
            F.Convolution.SettingsOf(convolution), convolution.Inputs[0], weight * F.reshape(scale, perChannel), shift);
    }));
}
