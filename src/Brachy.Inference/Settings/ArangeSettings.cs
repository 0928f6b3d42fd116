using Brachy.Extending;

namespace Brachy;

/// <summary>Numbers from a start to an end that is not among them.</summary>
internal sealed record ArangeSettings(Scalar Start, Scalar End, Scalar Step, DType DType, Device Device) : CreationSettings(DType, Device)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("start", Start), ("end", End), ("step", Step), ("dtype", DType), ("device", Device)];
}
