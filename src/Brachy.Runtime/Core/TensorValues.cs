using System.Globalization;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>Reading values out of concrete tensors, and making tensors of arrays.</summary>
public sealed partial class Tensor
{
    /// <summary>The value of a tensor that has one element.</summary>
    /// <typeparam name="T">A .NET number type or bool; the value is converted.</typeparam>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    /// <exception cref="ShapeException">The tensor does not have exactly one element.</exception>
    public T item<T>()
        where T : unmanaged, IConvertible
    {
        var number = ReadScalar("its value (item)");
        var boxed = number.Kind switch
        {
            ScalarKind.Real => (IConvertible)number.ToDouble(),
            ScalarKind.Integer => number.ToInt64(),
            _ => number.ToBool(),
        };
        return (T)boxed.ToType(typeof(T), CultureInfo.InvariantCulture);
    }

    /// <summary>The value of a tensor that has one element, as a plain number.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    /// <exception cref="ShapeException">The tensor does not have exactly one element.</exception>
    public Scalar item() => ReadScalar("its value (item)");

    /// <summary>Whether a tensor with one element is not zero.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    public static explicit operator bool(Tensor tensor) => tensor.ReadScalar("its truth value").ToBool();

    /// <summary>The value of a tensor with one element.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    public static explicit operator float(Tensor tensor) => (float)tensor.ReadScalar("its value").ToDouble();

    /// <summary>The value of a tensor with one element.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    public static explicit operator double(Tensor tensor) => tensor.ReadScalar("its value").ToDouble();

    /// <summary>The value of a tensor with one element.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    public static explicit operator long(Tensor tensor) => tensor.ReadScalar("its value").ToInt64();

    /// <summary>All values in row-major order.</summary>
    /// <typeparam name="T">The .NET type of <see cref="dtype"/>: float for float32, long for int64, and so on.</typeparam>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is not the .NET type of the element type.</exception>
    /// <exception cref="ShapeException">There are more elements than an array has: <see cref="Array.MaxLength"/>, about 2³¹.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        RequireReadable("its values (ToArray)");
        if (DTypeOf<T>() is { } asked && asked != dtype)
        {
            throw new DTypeException(
                $"ToArray<{TypeText.Of(typeof(T))}> reads {asked.Name()}, but the tensor is {Type}; cast it first: x.to(DType.{asked}).");
        }

        if (numel() == 0)
        {
            return [];
        }

        if (numel() > Array.MaxLength)
        {
            throw new ShapeException(
                $"ToArray: {Type} has {numel()} elements, and a .NET array has {Array.MaxLength} at most; read it in parts, such as "
                + $"x[0].ToArray<{TypeText.Of(typeof(T))}>().");
        }

        using var use = Use();
        using var cpu = use.Torch.cpu();
        using var dense = cpu.contiguous();
        return dense.data<T>().ToArray();
    }

    /// <summary>A tensor with a copy of the values.</summary>
    /// <typeparam name="T">A .NET number type or bool.</typeparam>
    /// <param name="values">The values in row-major order.</param>
    /// <param name="shape">The sizes; their product is the number of values.</param>
    /// <exception cref="ShapeException">The sizes do not fit the number of values.</exception>
    public static Tensor FromArray<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        var dtype = DTypeOf<T>() ?? throw new DTypeException($"A tensor cannot hold elements of {TypeText.Of(typeof(T))}.");
        if (shape.NumElements != values.Length)
        {
            throw new ShapeException(
                $"FromArray: {values.Length} values do not fill shape {shape}, which has {shape.NumElements} elements.");
        }

        var type = new TensorType(shape, dtype);
        if (Trace.Current is { IsOfTypesOnly: true } trace)
        {
            return trace.Argument(type, "a constant");
        }

        NativeRuntime.EnsureLoaded();
        var native = torch.empty(shape.Sizes, dtype: dtype.ToTorch());
        if (values.Length > 0)
        {
            // By elements: their bytes may be more than a span counts.
            unsafe
            {
                values.CopyTo(new Span<T>((void*)TorchNative.DataOf(native.Handle), values.Length));
            }

            GC.KeepAlive(native);
        }

        return new Tensor(type, new Buffer(native, type.ByteSize, isShared: false));
    }

    /// <inheritdoc cref="FromArray{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor FromArray<T>(T[] values, Shape shape)
        where T : unmanaged => FromArray((ReadOnlySpan<T>)values, shape);

    /// <summary>A tensor over memory of the caller's, which no scope frees, and which calls that it is donated to may overwrite.</summary>
    /// <param name="type">What it is; it has elements, and lies on the CPU.</param>
    /// <param name="memory">The elements in row-major order. The memory stays where it is until it is given back.</param>
    /// <param name="onReturn">
    /// Called once, on any thread, when nothing uses the memory any more: neither this tensor, nor another that shares it, nor a
    /// call. It must not throw.
    /// </param>
    internal static Tensor OverMemory(TensorType type, nint memory, Action onReturn)
    {
        NativeRuntime.EnsureLoaded();
        var handle = LentMemory.Over(memory, type.Shape.Sizes, (sbyte)type.DType, onReturn);
        return new Tensor(type, new Buffer(handle, bytes: 0, isShared: false) { Scope = null });
    }

    /// <summary>The type, and the values of a small concrete tensor.</summary>
    public override string ToString()
    {
        if (Number is { } number)
        {
            return number.ToString();
        }

        if (_donatedTo is not null)
        {
            return $"{Type} (donated)";
        }

        if (IsTraced)
        {
            return $"{Type} (traced)";
        }

        if (BufferOrNull is not { } buffer || !TryBeginUse(buffer))
        {
            return _donatedTo is not null ? $"{Type} (donated)" : $"{Type} (disposed)";
        }

        using var use = new BufferUse(buffer);
        return numel() <= 64 ? $"{Type} {NativeValue.Print(use.Torch, dtype, shape)}" : Type.ToString();
    }

    /// <summary>The element type of tensors with elements of a .NET type; null when there is none.</summary>
    internal static DType? DTypeOf<T>() => default(T) switch
    {
        float => DType.Float32,
        double => DType.Float64,
        long => DType.Int64,
        int => DType.Int32,
        short => DType.Int16,
        sbyte => DType.Int8,
        byte => DType.UInt8,
        bool => DType.Bool,
        Half => DType.Float16,
        _ => null,
    };

    private Scalar ReadScalar(string wanted)
    {
        if (Number is { } number)
        {
            return number;
        }

        RequireReadable(wanted);
        if (numel() != 1)
        {
            throw new ShapeException($"item: only a tensor with one element has a single value; this one is {Type}.");
        }

        using var use = Use();
        if (device == Device.CPU && NativeValue.TryRead(use.Buffer, dtype) is { } value)
        {
            return value;
        }

        if (dtype == DType.Bool)
        {
            return NativeValue.ReadInt64(use.Torch) != 0;
        }

        return dtype.IsFloatingPoint() ? new Scalar(NativeValue.ReadDouble(use.Torch)) : new Scalar(NativeValue.ReadInt64(use.Torch));
    }

    /// <summary>A number that decides the shape of a result, computed from the values at once, whatever is being traced.</summary>
    /// <param name="op">The function whose result has that shape.</param>
    /// <param name="instead">What to call while the values are not known, as a sentence without its end.</param>
    /// <param name="size">From the values to one integer.</param>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    internal long ReadSize(string op, string instead, Func<Tensor, Tensor> size)
    {
        ThrowIfUnusable();
        if (IsTraced)
        {
            throw Trace!.ShapeError(this, op, instead);
        }

        // What a gradient records may be used in its trace only.
        using var alias = Trace is null ? null : Alias();
        using var scope = TensorScope.Begin();
        return Brachy.Trace.Untraced(() => size(alias ?? this).item<long>());
    }

    private void RequireReadable(string wanted)
    {
        ThrowIfUnusable();
        if (IsTraced)
        {
            throw Concretization(wanted);
        }
    }
}
