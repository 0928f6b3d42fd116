using Brachy.Extending;

namespace Brachy;

/// <summary>The settings of the gradients of a convolution.</summary>
internal sealed record ConvolutionBackwardSettings : ConvolutionSettings
{
    public ConvolutionBackwardSettings(ConvolutionSettings convolution, Shape outputMask)
        : base(convolution) => OutputMask = outputMask;

    /// <summary>For the gradients by input, weight and bias: 1 for each that is wanted, otherwise 0.</summary>
    public Shape OutputMask { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [.. base.Entries, ("output_mask", OutputMask)];
}
