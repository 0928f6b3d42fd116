namespace Brachy;

/// <summary>What is known of a tensor without its values: shape, element type and device.</summary>
public sealed class TensorType : IEquatable<TensorType>
{
    /// <summary>A tensor type.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="device">The device; main memory by default.</param>
    public TensorType(Shape shape, DType dtype, Device device = default)
        : this(shape, dtype, device, isNumber: false)
    {
    }

    private TensorType(Shape shape, DType dtype, Device device, bool isNumber)
    {
        Shape = shape;
        DType = dtype;
        Device = device;
        IsNumber = isNumber;
    }

    /// <summary>The sizes.</summary>
    public Shape Shape { get; }

    /// <summary>The element type.</summary>
    public DType DType { get; }

    /// <summary>The device.</summary>
    public Device Device { get; }

    /// <summary>Whether this is a plain number, which never widens the element type of a tensor it meets.</summary>
    public bool IsNumber { get; }

    /// <summary>The number of dimensions.</summary>
    public int Rank => Shape.Rank;

    /// <summary>Bytes that a dense tensor of this type takes.</summary>
    public long ByteSize => Shape.NumElements * DType.ItemSize();

    /// <summary>The type of a plain number.</summary>
    public static TensorType OfNumber(Scalar value) => new(Shape.Scalar, value.DefaultDType, Device.CPU, isNumber: true);

    /// <summary>The same type with another shape.</summary>
    public TensorType WithShape(Shape shape) => new(shape, DType, Device);

    /// <summary>The same type with another element type.</summary>
    public TensorType WithDType(DType dtype) => new(Shape, dtype, Device);

    /// <inheritdoc/>
    public bool Equals(TensorType? other) =>
        ReferenceEquals(this, other)
        || (other is not null && DType == other.DType && Device == other.Device && IsNumber == other.IsNumber && Shape == other.Shape);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TensorType);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Shape, DType, Device, IsNumber);

    /// <summary>For example <c>float32[2, 3]</c>, with the device unless it is the CPU.</summary>
    public override string ToString() =>
        $"{DType.Name()}{Shape}{(Device == Device.CPU ? "" : "@" + Device)}{(IsNumber ? " number" : "")}";
}
