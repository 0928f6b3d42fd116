using Brachy.Extending;

namespace Brachy;

/// <summary>The windows of a mean, and what their sums are divided by; null for the number of elements.</summary>
internal sealed record AvgPoolSettings(
    Shape KernelSize, Shape Stride, Shape Padding, bool CeilMode, bool CountIncludePad, long? DivisorOverride)
    : WindowSettings(KernelSize, Stride, Padding)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
    [
        ("kernel_size", KernelSize), ("stride", Stride), ("padding", Padding),
        ("ceil_mode", CeilMode), ("count_include_pad", CountIncludePad), ("divisor_override", DivisorOverride),
    ];

    /// <inheritdoc/>
    public override bool ReachesOver => CeilMode;
}
