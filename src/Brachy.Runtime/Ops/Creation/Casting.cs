using Brachy.Extending;

namespace Brachy;

/// <summary>Where the result lies.</summary>
internal sealed record ToDeviceSettings(Device Device) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("device", Device)];
}

// Element types, devices and identity.
public static partial class F
{
    /// <summary>
    /// The same values as another element type. Shape: as x. Real numbers are cut towards zero when they become integers.
    /// </summary>
    /// <returns>x itself when it has that type already.</returns>
    /// <exception cref="DTypeException">There is no such element type.</exception>
    public static Tensor to(Tensor x, DType dtype)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.dtype == dtype && x.Number is null ? x : Cast.Bind(new CastSettings(dtype), x);
    }

    internal static readonly Primitive<CastSettings> Cast = Unary.Of<CastSettings>(
        "cast", x => new TensorType(x[0].Shape, x.Settings.DType, x[0].Device), x => x[0].to(x.Settings.DType.ToTorch(), copy: true),
        x => $"{x[0]}.to({Script.Type(x.Settings.DType)}, copy=True)", Vjp.Rule((g, y, x) => [to(g, x[0].dtype)]),
        jvp: Jvp.Linear());

    /// <summary>The same values in the memory of another device. Shape and dtype: as x.</summary>
    /// <returns>x itself when it lies there already.</returns>
    /// <exception cref="DeviceException">This machine has no such device.</exception>
    public static Tensor to(Tensor x, Device device)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.device == device && x.Number is null ? x : ToDevice.Bind(new ToDeviceSettings(device), x);
    }

    internal static readonly Primitive<ToDeviceSettings> ToDevice = Unary.Of<ToDeviceSettings>(
        "to_device", x => new TensorType(x[0].Shape, x[0].DType, AvailableDevice.Of(x, x.Settings.Device)),
        x => x[0].to(x.Settings.Device.ToTorch(), copy: true),
        x => $"{x[0]}.to({Script.Device(x.Settings.Device)}, copy=True)", Vjp.Rule((g, y, x) => [to(g, x[0].device)]),
        jvp: Jvp.Linear());

    /// <summary>The same value under a new identity, so that a transform can tell it from other uses of x.</summary>
    internal static Tensor alias(Tensor x) => Alias.Bind(x);

    internal static readonly Primitive<NoSettings> Alias = new("alias")
    {
        Abstract = Shapes.Unary,
        Eager = x => x[0].alias(),
        Script = x => x[0],
        Batching = Batching.Elementwise,
        Vjp = Vjp.Rule((g, y, x) => [g]),
        Jvp = Jvp.Identity,
        IsView = true,
        Renames = true,
    };

    /// <summary>The same values, through which no gradient flows. Shares memory with x.</summary>
    public static Tensor stop_gradient(Tensor x) => StopGradient.Bind(x);

    internal static readonly Primitive<NoSettings> StopGradient = new("stop_gradient")
    {
        Abstract = Shapes.Unary,
        Eager = x => x[0].alias(),
        Script = x => x[0],
        Batching = Batching.Elementwise,
        Vjp = Vjp.Zero("stop_gradient hides its input from differentiation"),
        IsView = true,
        Renames = true,
    };

    /// <summary>A copy with memory of its own.</summary>
    public static Tensor clone(Tensor x) => Clone.Bind(x);

    internal static readonly Primitive<NoSettings> Clone = Unary.Of("clone", Shapes.Unary, x => x.clone(), "torch.clone", (g, y, x) => g);

    /// <summary>The same values laid out densely in row-major order; a copy only when x is not.</summary>
    public static Tensor contiguous(Tensor x) => Contiguous.Bind(x);

    internal static readonly Primitive<NoSettings> Contiguous = new("contiguous")
    {
        Abstract = Shapes.Unary,
        Eager = x => x[0].is_contiguous() ? x[0].alias() : x[0].contiguous(),
        Script = x => $"torch.contiguous({x[0]})",
        Batching = Batching.Elementwise,
        Vjp = Vjp.Rule((g, y, x) => [g]),
        Jvp = Jvp.Identity,
        IsView = true,

        // A copy, where the layout asks for one.
        Cost = x => x.Once(),
    };
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.to(Tensor, DType)"/>
    public Tensor to(DType dtype) => F.to(this, dtype);

    /// <inheritdoc cref="F.to(Tensor, Device)"/>
    public Tensor to(Device device) => F.to(this, device);

    /// <summary>The same values as the element type of another tensor.</summary>
    public Tensor type_as(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return F.to(this, other.dtype);
    }

    /// <summary>As float32.</summary>
    public Tensor @float() => F.to(this, DType.Float32);

    /// <summary>As float64.</summary>
    public Tensor @double() => F.to(this, DType.Float64);

    /// <summary>As float16.</summary>
    public Tensor half() => F.to(this, DType.Float16);

    /// <summary>As bfloat16.</summary>
    public Tensor bfloat16() => F.to(this, DType.BFloat16);

    /// <summary>As int64.</summary>
    public Tensor @long() => F.to(this, DType.Int64);

    /// <summary>As int32.</summary>
    public Tensor @int() => F.to(this, DType.Int32);

    /// <summary>As int16.</summary>
    public Tensor @short() => F.to(this, DType.Int16);

    /// <summary>As int8.</summary>
    public Tensor @char() => F.to(this, DType.Int8);

    /// <summary>As uint8.</summary>
    public Tensor @byte() => F.to(this, DType.UInt8);

    /// <summary>As bool: whether each element is not zero.</summary>
    public Tensor @bool() => F.to(this, DType.Bool);

    /// <summary>In main memory.</summary>
    public Tensor cpu() => F.to(this, Device.CPU);

    /// <summary>In the memory of a CUDA device.</summary>
    /// <param name="index">The device's number, from 0.</param>
    /// <exception cref="DeviceException">This machine has no such device.</exception>
    public Tensor cuda(int index = 0) => F.to(this, Device.CUDA(index));

    /// <inheritdoc cref="F.alias"/>
    internal Tensor alias() => F.alias(this);

    /// <inheritdoc cref="F.stop_gradient"/>
    public Tensor stop_gradient() => F.stop_gradient(this);

    /// <summary>PyTorch's name for <see cref="stop_gradient"/>.</summary>
    public Tensor detach() => F.stop_gradient(this);

    /// <inheritdoc cref="F.clone"/>
    public Tensor clone() => F.clone(this);

    /// <inheritdoc cref="F.contiguous"/>
    public Tensor contiguous() => F.contiguous(this);

    /// <summary>Bytes of one element.</summary>
    public long element_size() => dtype.ItemSize();

    /// <summary>Whether the element type is one of the floating-point types.</summary>
    public bool is_floating_point() => dtype.IsFloatingPoint();
}
