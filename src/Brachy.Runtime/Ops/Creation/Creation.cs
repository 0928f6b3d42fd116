using System.Runtime.CompilerServices;
using Brachy.Extending;
using static Brachy.CreatedTypes;
using static Brachy.F;

namespace Brachy;

/// <summary>Numbers at equal distances.</summary>
internal sealed record LinSpaceSettings(double Start, double End, long Steps, DType DType, Device Device) : CreationSettings(DType, Device)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("start", Start), ("end", End), ("steps", Steps), ("dtype", DType), ("device", Device)];
}

// Tensors made of numbers and arrays.
public static partial class F
{
    /// <summary>A tensor filled with one number.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="value">The number.</param>
    /// <param name="dtype">The element type; null for that of the number: float32, int64 or bool.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DeviceException">This machine has no such device.</exception>
    public static Tensor full(Shape shape, Scalar value, DType? dtype = null, Device? device = null) =>
        Full.Bind(new FullSettings(shape, value, dtype ?? value.DefaultDType, device ?? Device.CPU));

    internal static readonly Primitive<FullSettings> Full = new("full")
    {
        Abstract = x =>
        {
            if (x.Settings.Shape.Any(size => size < 0))
            {
                throw new ShapeException($"full: the sizes in {x.Settings.Shape} must not be negative.");
            }

            return x.Settings.DType.Holds(x.Settings.Value)
                ? Created(x, x.Settings.Shape)
                : throw new DTypeException(
                    $"full: {x.Settings.Value} is out of range for {x.Settings.DType.Name()}; choose a wider dtype.");
        },
        Eager = x =>
            TorchSharp.torch.full(x.Settings.Shape.Sizes, x.Settings.Value.ToTorch(), x.Settings.DType.ToTorch(), DeviceOf(x).ToTorch()),
        Script = x => $"torch.full({Script.Ints(x.Settings.Shape)}, {Script.Number(x.Settings.Value)}, {TypeAndDevice(x)})",
        Vjp = Vjp.Zero("it has no inputs"),
    };

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public static Tensor zeros(Shape shape, DType dtype = DType.Float32, Device? device = null) => full(shape, 0, dtype, device);

    /// <summary>A tensor of ones.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public static Tensor ones(Shape shape, DType dtype = DType.Float32, Device? device = null) => full(shape, 1, dtype, device);

    /// <summary>A tensor with the shape of another, filled with one number. Dtype and device: as x unless given.</summary>
    public static Tensor full_like(Tensor x, Scalar value, DType? dtype = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        return full(x.shape, value, dtype ?? x.dtype, device ?? x.device);
    }

    /// <summary>Zeros with the shape of another tensor. Dtype and device: as x unless given.</summary>
    public static Tensor zeros_like(Tensor x, DType? dtype = null, Device? device = null) => full_like(x, 0, dtype, device);

    /// <summary>Ones with the shape of another tensor. Dtype and device: as x unless given.</summary>
    public static Tensor ones_like(Tensor x, DType? dtype = null, Device? device = null) => full_like(x, 1, dtype, device);

    /// <summary>The numbers 0, 1, … below an end.</summary>
    /// <inheritdoc cref="arange(Scalar, Scalar, Scalar?, DType?, Device?)"/>
    public static Tensor arange(Scalar end, DType? dtype = null, Device? device = null) => arange(0, end, 1, dtype, device);

    /// <summary>The numbers start, start + step, … that lie before the end.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="end">The number that is not reached.</param>
    /// <param name="step">The distance of two numbers, not 0; null for 1.</param>
    /// <param name="dtype">The element type; null for int64, or float32 when a number is real.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <returns>Shape [ceil((end - start) / step)].</returns>
    /// <exception cref="ArgumentException">The step is 0 or leads away from the end, or a number is not finite.</exception>
    /// <exception cref="DTypeException">The element type is bool.</exception>
    [OverloadResolutionPriority(1)] // A literal 0 is a number here, not an element type.
    public static Tensor arange(Scalar start, Scalar end, Scalar? step = null, DType? dtype = null, Device? device = null)
    {
        var by = step ?? 1;
        var isReal = start.Kind == ScalarKind.Real || end.Kind == ScalarKind.Real || by.Kind == ScalarKind.Real;
        return Arange.Bind(new ArangeSettings(start, end, by, dtype ?? (isReal ? DType.Float32 : DType.Int64), device ?? Device.CPU));
    }

    internal static readonly Primitive<ArangeSettings> Arange = new("arange")
    {
        Abstract = x => Created(x, [ArangeCount(x)]),
        Eager = x => TorchSharp.torch.arange(
            x.Settings.Start.ToTorch(), x.Settings.End.ToTorch(), x.Settings.Step.ToTorch(), x.Settings.DType.ToTorch(),
            DeviceOf(x).ToTorch()),
        Script = x => $"torch.arange({Script.Number(x.Settings.Start)}, {Script.Number(x.Settings.End)}, {Script.Number(x.Settings.Step)}, "
            + $"{TypeAndDevice(x)})",
        Vjp = Vjp.Zero("it has no inputs"),
    };

    /// <summary>Evenly spaced numbers from start to end, both included.</summary>
    /// <param name="start">The first number.</param>
    /// <param name="end">The last number.</param>
    /// <param name="steps">How many.</param>
    /// <param name="dtype">The element type; integers are cut off.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <returns>Shape [steps].</returns>
    /// <exception cref="ShapeException"><paramref name="steps"/> is negative.</exception>
    /// <exception cref="DTypeException">The element type is bool, or one that does not hold a number.</exception>
    public static Tensor linspace(double start, double end, long steps, DType dtype = DType.Float32, Device? device = null) =>
        LinSpace.Bind(new LinSpaceSettings(start, end, steps, dtype, device ?? Device.CPU));

    internal static readonly Primitive<LinSpaceSettings> LinSpace = new("linspace")
    {
        Abstract = x =>
        {
            if (x.Settings.Steps < 0)
            {
                throw new ShapeException($"linspace: steps must not be negative, but is {x.Settings.Steps}.");
            }

            var dtype = x.Settings.DType;
            return dtype.IsFloatingPoint() || (dtype != DType.Bool && dtype.Holds(x.Settings.Start) && dtype.Holds(x.Settings.End))
                ? Created(x, [x.Settings.Steps])
                : throw new DTypeException(
                    $"linspace: {x.Settings.Start} or {x.Settings.End} does not fit {dtype.Name()}; choose another dtype.");
        },
        Eager = x => TorchSharp.torch.linspace(
            x.Settings.Start, x.Settings.End, x.Settings.Steps, x.Settings.DType.ToTorch(), DeviceOf(x).ToTorch()),
        Script = x =>
            $"torch.linspace({Script.Real(x.Settings.Start)}, {Script.Real(x.Settings.End)}, {x.Settings.Steps}, {TypeAndDevice(x)})",
        Vjp = Vjp.Zero("it has no inputs"),
    };

    /// <summary>A matrix with ones on the diagonal and zeros elsewhere.</summary>
    /// <param name="n">The number of rows.</param>
    /// <param name="m">The number of columns; null for as many as rows.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ArgumentException">A size is negative.</exception>
    public static Tensor eye(long n, long? m = null, DType dtype = DType.Float32, Device? device = null) =>
        to(eq(reshape(arange(n, device: device), n, 1), arange(m ?? n, device: device)), dtype);

    /// <summary>A 0-dim tensor. Unlike a plain number it promotes other tensors as a 0-dim tensor does.</summary>
    /// <param name="value">The number.</param>
    /// <param name="dtype">The element type; null for that of the number: float32, int64 or bool.</param>
    /// <param name="device">The device; null for the CPU.</param>
    public static Tensor tensor(Scalar value, DType? dtype = null, Device? device = null) => full(Shape.Scalar, value, dtype, device);

    /// <summary>A vector with a copy of the values.</summary>
    /// <typeparam name="T">A .NET number type or bool.</typeparam>
    /// <param name="values">The values.</param>
    /// <param name="dtype">The element type; null for the one of <typeparamref name="T"/>, such as float64 for double.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="DTypeException">A tensor cannot hold <typeparamref name="T"/>.</exception>
    public static Tensor tensor<T>(T[] values, DType? dtype = null, Device? device = null)
        where T : unmanaged => Placed(Tensor.FromArray(values, [values.Length]), dtype, device);

    /// <summary>A matrix with a copy of the values.</summary>
    /// <inheritdoc cref="tensor{T}(T[], DType?, Device?)"/>
    public static Tensor tensor<T>(T[,] values, DType? dtype = null, Device? device = null)
        where T : unmanaged =>
        Placed(Tensor.FromArray(values.Cast<T>().ToArray(), [values.GetLength(0), values.GetLength(1)]), dtype, device);

    /// <summary>One value in all places of x. Shape and dtype: as x.</summary>
    /// <param name="x">Any tensor.</param>
    /// <param name="value">A number, or a tensor without dims.</param>
    /// <exception cref="ShapeException">The value has dims.</exception>
    /// <exception cref="DTypeException">The number does not fit x's element type.</exception>
    public static Tensor fill(Tensor x, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(value);
        OperandChecks.RequireHeld("fill", x, value);
        return value.ndim == 0
            ? expand(to(to(value, x.dtype), x.device), x.shape)
            : throw new ShapeException($"fill: the value must be a number or have no dims, but is {value.Type}.");
    }

    /// <summary>
    /// A tensor to be filled by what comes after. It holds zeros: memory with what happened to be there has no use here,
    /// as tensors do not change.
    /// </summary>
    /// <inheritdoc cref="zeros"/>
    public static Tensor empty(Shape shape, DType dtype = DType.Float32, Device? device = null) => zeros(shape, dtype, device);

    /// <summary>The same as <see cref="zeros_like"/>, see <see cref="empty"/>.</summary>
    public static Tensor empty_like(Tensor x, DType? dtype = null, Device? device = null) => zeros_like(x, dtype, device);

    /// <summary>Numbers from base^start to base^end, both included, whose logarithms are evenly spaced. Shape: [steps].</summary>
    /// <param name="start">The exponent of the first number.</param>
    /// <param name="end">The exponent of the last number.</param>
    /// <param name="steps">How many.</param>
    /// <param name="base">What is raised.</param>
    /// <param name="dtype">The element type; integers are cut off.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <exception cref="ShapeException"><paramref name="steps"/> is negative.</exception>
    public static Tensor logspace(
        double start, double end, long steps, double @base = 10, DType dtype = DType.Float32, Device? device = null) =>
        dtype.IsFloatingPoint()
            ? pow(@base, linspace(start, end, steps, dtype, device))
            : to(pow(@base, linspace(start, end, steps, DType.Float64, device)), dtype);
}

public sealed partial class Tensor
{
    /// <summary>Zeros; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public Tensor new_zeros(Shape shape, DType? dtype = null, Device? device = null) => new_full(shape, 0, dtype, device);

    /// <summary>Ones; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public Tensor new_ones(Shape shape, DType? dtype = null, Device? device = null) => new_full(shape, 1, dtype, device);

    /// <summary>Zeros, see <see cref="F.empty"/>; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    public Tensor new_empty(Shape shape, DType? dtype = null, Device? device = null) => new_full(shape, 0, dtype, device);

    /// <summary>A tensor filled with one number; element type and device as this tensor's unless given.</summary>
    /// <exception cref="ShapeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The number is out of range for the element type.</exception>
    public Tensor new_full(Shape shape, Scalar value, DType? dtype = null, Device? device = null) =>
        F.full(shape, value, dtype ?? this.dtype, device ?? this.device);
}

/// <summary>Types and sizes of what is made from nothing.</summary>
file static class CreatedTypes
{
    public static Tensor Placed(Tensor x, DType? dtype, Device? device)
    {
        var typed = dtype is { } t ? to(x, t) : x;
        return device is { } d ? to(typed, d) : typed;
    }

    public static Device DeviceOf(IRuleArgs<CreationSettings> x) => x.Settings.Device;

    public static string TypeAndDevice(IRuleArgs<CreationSettings> x) =>
        $"dtype={Script.Type(x.Settings.DType)}, device={Script.Device(DeviceOf(x))}";

    public static TensorType Created<TSettings>(AbstractArgs<TSettings> x, Shape shape)
        where TSettings : CreationSettings => new(shape, x.Settings.DType, AvailableDevice.Of(x, DeviceOf(x)));

    public static long ArangeCount(AbstractArgs<ArangeSettings> x)
    {
        var (start, end, step) = (x.Settings.Start, x.Settings.End, x.Settings.Step);
        var (from, to, by) = (start.ToDouble(), end.ToDouble(), step.ToDouble());
        if (x.Settings.DType == DType.Bool)
        {
            throw new DTypeException("arange: a range of bool does not exist; use DType.Int64.");
        }

        if (!double.IsFinite(from) || !double.IsFinite(to) || !double.IsFinite(by) || by == 0 || (to - from) * by < 0)
        {
            throw new ArgumentException($"arange: steps of {step} do not lead from {start} to {end}.");
        }

        if (!x.Settings.DType.IsInteger())
        {
            return (long)Math.Ceiling((to - from) / by);
        }

        // libtorch cuts the numbers to integers first.
        var (s, e, d) = (start.ToInt64(), end.ToInt64(), step.ToInt64());
        return d == 0
            ? throw new ArgumentException($"arange: the step {step} is 0 as {x.Settings.DType.Name()}.")
            : Math.Max(0, (e - s + d - Math.Sign(d)) / d);
    }
}
