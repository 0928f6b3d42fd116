using Brachy.Tests.NN.Samples;

namespace Brachy.Tests.NN;

/// <summary>The rows of the table-driven layer test, family by family.</summary>
public static class LayerSamples
{
    public static IReadOnlyList<LayerSample> All { get; } =
    [
        .. BasicLayers.All,
        .. AttentionLayers.All,
        .. ActivationLayers.All,
        .. ConvolutionLayers.All,
        .. NormLayers.All,
        .. PoolingLayers.All,
        .. DropoutLayers.All,
        .. BorderLayers.All,
        .. PairLayers.All,
        .. LossLayers.All,
        .. RecurrentLayers.All,
        .. TransformerLayers.All,
    ];
}
