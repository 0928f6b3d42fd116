using Brachy.Extending;

namespace Brachy;

/// <summary>A tensor of one value.</summary>
internal sealed record FullSettings(Shape Shape, Scalar Value, DType DType, Device Device) : CreationSettings(DType, Device)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("shape", Shape), ("value", Value), ("dtype", DType), ("device", Device)];
}
