using Brachy.Extending;

namespace Brachy;

/// <summary>The windows of a maximum.</summary>
internal sealed record MaxPoolSettings(Shape KernelSize, Shape Stride, Shape Padding, Shape Dilation, bool CeilMode)
    : WindowSettings(KernelSize, Stride, Padding)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("kernel_size", KernelSize), ("stride", Stride), ("padding", Padding), ("dilation", Dilation), ("ceil_mode", CeilMode)];

    /// <inheritdoc/>
    public override Shape? Spread => Dilation;

    /// <inheritdoc/>
    public override bool ReachesOver => CeilMode;
}
