using System.Globalization;
using Brachy.Extending;

namespace Brachy;

/// <summary>Settings of pooling in TorchScript, in the order of libtorch's operators.</summary>
internal static class PoolingScript
{
    /// <summary>Those of a maximum.</summary>
    public static string ToScript(this MaxPoolSettings settings) =>
        $"{Script.Ints(settings.KernelSize)}, {Script.Ints(settings.Stride)}, {Script.Ints(settings.Padding)}, "
        + $"{Script.Ints(settings.Dilation)}, {Script.Flag(settings.CeilMode)}";

    /// <summary>Those of a mean.</summary>
    public static string ToScript(this AvgPoolSettings settings) =>
        $"{Script.Ints(settings.KernelSize)}, {Script.Ints(settings.Stride)}, {Script.Ints(settings.Padding)}, "
        + $"{Script.Flag(settings.CeilMode)}, {Script.Flag(settings.CountIncludePad)}, "
        + (settings.DivisorOverride?.ToString(CultureInfo.InvariantCulture) ?? "None");
}
