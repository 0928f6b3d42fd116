using Brachy.Extending;

namespace Brachy;

/// <summary>Settings of convolutions in TorchScript.</summary>
internal static class ConvolutionScript
{
    /// <summary>All of them, as the last arguments of libtorch's operators.</summary>
    public static string ToScript(this ConvolutionSettings settings) =>
        $"{Script.Ints(settings.Stride)}, {Script.Ints(settings.Padding)}, {Script.Ints(settings.Dilation)}, "
        + $"{Script.Flag(settings.Transposed)}, {Script.Ints(settings.OutputPadding)}, {settings.Groups}";
}
