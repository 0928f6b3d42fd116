using System.Runtime.CompilerServices;
using Brachy.Extending;

namespace Brachy;

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
    public static Tensor full(Shape shape, Scalar value, DType? dtype = null, Device? device = null) => Full.Bind(Attributes.Of(
        ("shape", shape.ToArray()), ("value", value), ("dtype", dtype ?? value.DefaultDType), ("device", device ?? Device.CPU)));

    internal static readonly Primitive<Attributes> Full = new("full")
    {
        Abstract = x =>
        {
            if (Array.Exists(x.Ints("shape"), size => size < 0))
            {
                throw new ShapeException($"full: the sizes in {(Shape)x.Ints("shape")} must not be negative.");
            }

            return x.DType("dtype").Holds(x.Scalar("value"))
                ? Created(x, x.Ints("shape"))
                : throw new DTypeException($"full: {x.Scalar("value")} is out of range for {x.DType("dtype").Name()}; choose a wider dtype.");
        },
        Eager = x => TorchSharp.torch.full(x.Ints("shape"), x.Scalar("value").ToTorch(), x.DType("dtype").ToTorch(), DeviceOf(x).ToTorch()),
        Script = x => $"torch.full({Script.Ints(x.Ints("shape"))}, {Script.Number(x.Scalar("value"))}, {TypeAndDevice(x)})",
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
        return Arange.Bind(Attributes.Of(
            ("start", start), ("end", end), ("step", by),
            ("dtype", dtype ?? (isReal ? DType.Float32 : DType.Int64)), ("device", device ?? Device.CPU)));
    }

    internal static readonly Primitive<Attributes> Arange = new("arange")
    {
        Abstract = x => Created(x, [ArangeCount(x)]),
        Eager = x => TorchSharp.torch.arange(
            x.Scalar("start").ToTorch(), x.Scalar("end").ToTorch(), x.Scalar("step").ToTorch(), x.DType("dtype").ToTorch(), DeviceOf(x).ToTorch()),
        Script = x => $"torch.arange({Script.Number(x.Scalar("start"))}, {Script.Number(x.Scalar("end"))}, {Script.Number(x.Scalar("step"))}, {TypeAndDevice(x)})",
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
        LinSpace.Bind(Attributes.Of(("start", start), ("end", end), ("steps", steps), ("dtype", dtype), ("device", device ?? Device.CPU)));

    internal static readonly Primitive<Attributes> LinSpace = new("linspace")
    {
        Abstract = x =>
        {
            if (x.Int("steps") < 0)
            {
                throw new ShapeException($"linspace: steps must not be negative, but is {x.Int("steps")}.");
            }

            var dtype = x.DType("dtype");
            return dtype.IsFloatingPoint() || (dtype != DType.Bool && dtype.Holds(x.Real("start")) && dtype.Holds(x.Real("end")))
                ? Created(x, [x.Int("steps")])
                : throw new DTypeException($"linspace: {x.Real("start")} or {x.Real("end")} does not fit {dtype.Name()}; choose another dtype.");
        },
        Eager = x => TorchSharp.torch.linspace(x.Real("start"), x.Real("end"), x.Int("steps"), x.DType("dtype").ToTorch(), DeviceOf(x).ToTorch()),
        Script = x => $"torch.linspace({Script.Real(x.Real("start"))}, {Script.Real(x.Real("end"))}, {x.Int("steps")}, {TypeAndDevice(x)})",
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
        where T : unmanaged => Placed(Tensor.FromArray(values.Cast<T>().ToArray(), [values.GetLength(0), values.GetLength(1)]), dtype, device);

    private static Tensor Placed(Tensor x, DType? dtype, Device? device)
    {
        var typed = dtype is { } t ? to(x, t) : x;
        return device is { } d ? to(typed, d) : typed;
    }

    private static Device DeviceOf(RuleArgs x) => (Device)x.Attributes["device"]!;

    private static string TypeAndDevice(RuleArgs x) => $"dtype={Script.Type(x.DType("dtype"))}, device={Script.Device(DeviceOf(x))}";

    private static TensorType Created(AbstractArgs x, Shape shape) => new(shape, x.DType("dtype"), Available(x, DeviceOf(x)));

    private static long ArangeCount(AbstractArgs x)
    {
        var (start, end, step) = (x.Scalar("start"), x.Scalar("end"), x.Scalar("step"));
        var (from, to, by) = (start.ToDouble(), end.ToDouble(), step.ToDouble());
        if (x.DType("dtype") == DType.Bool)
        {
            throw new DTypeException("arange: a range of bool does not exist; use DType.Int64.");
        }

        if (!double.IsFinite(from) || !double.IsFinite(to) || !double.IsFinite(by) || by == 0 || (to - from) * by < 0)
        {
            throw new ArgumentException($"arange: steps of {step} do not lead from {start} to {end}.");
        }

        if (!x.DType("dtype").IsInteger())
        {
            return (long)Math.Ceiling((to - from) / by);
        }

        // libtorch cuts the numbers to integers first.
        var (s, e, d) = (start.ToInt64(), end.ToInt64(), step.ToInt64());
        return d == 0
            ? throw new ArgumentException($"arange: the step {step} is 0 as {x.DType("dtype").Name()}.")
            : Math.Max(0, (e - s + d - Math.Sign(d)) / d);
    }
}
