using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>
/// A multi-dimensional array: <em>concrete</em>, with values in memory, or <em>traced</em>, a value of a graph that is
/// being recorded. Immutable. Shape, element type and device are always known; values only when concrete.
/// </summary>
public sealed partial class Tensor : IDisposable
{
    private static int s_nextOrdinal;

    private Buffer? _buffer;
    private string? _donatedTo;

    /// <summary>A concrete tensor.</summary>
    internal Tensor(TensorType type, Buffer buffer)
    {
        Type = type;
        _buffer = buffer;
    }

    /// <summary>A traced tensor without a value.</summary>
    internal Tensor(TensorType type, Trace trace)
    {
        Type = type;
        Trace = trace;
    }

    private Tensor(Scalar number)
    {
        Type = TensorType.OfNumber(number);
        Number = number;
    }

    /// <summary>Shape, element type and device.</summary>
    public TensorType Type { get; }

    /// <summary>The sizes, outermost first.</summary>
    public Shape shape => Type.Shape;

    /// <summary>The element type.</summary>
    public DType dtype => Type.DType;

    /// <summary>The device that holds the values.</summary>
    public Device device => Type.Device;

    /// <summary>The number of dimensions.</summary>
    public int ndim => Type.Rank;

    /// <summary>The number of dimensions.</summary>
    public int dim() => Type.Rank;

    /// <summary>The number of elements.</summary>
    public long numel() => Type.Shape.NumElements;

    /// <summary>One size; negative dims count from the end.</summary>
    /// <exception cref="ShapeException">There is no such dimension.</exception>
    public long size(int dim) => ndim > 0
        ? Type.Shape[Shapes.NormalizeDim("size", dim, ndim)]
        : throw new ShapeException($"size: {Type} has no dims, so dim {dim} does not exist.");

    /// <summary>Whether this tensor is a value of a graph that is being recorded, so that its elements cannot be read.</summary>
    public bool IsTraced => _buffer is null && Number is null && Trace is not null;

    /// <summary>The plain number this tensor was converted from; it takes part in type promotion as a number.</summary>
    internal Scalar? Number { get; }

    /// <summary>The trace that records what is done with this tensor.</summary>
    internal Trace? Trace { get; private set; }

    /// <summary>
    /// Spreads tensors over a hash table by identity. Consecutive numbers do so better and cheaper than the runtime's object hash, and a
    /// number that two threads draw at once does no harm.
    /// </summary>
    internal int Ordinal { get; } = s_nextOrdinal++;

    /// <summary>The memory, when there is any and it was not donated.</summary>
    internal Buffer? BufferOrNull => _buffer;

    /// <summary>The memory of a usable, concrete tensor; a plain number gets some on first use.</summary>
    internal Buffer Buffer
    {
        get
        {
            if (_buffer is { IsDisposed: false } buffer)
            {
                return buffer;
            }

            ThrowIfUnusable();
            if (Number is not { } number)
            {
                throw Concretization("its memory");
            }

            return _buffer = new Buffer(number.ToTorch(dtype), Type.ByteSize, isShared: true) { Scope = null };
        }
    }

    /// <summary>A plain number.</summary>
    public static implicit operator Tensor(double value) => new(value);

    /// <summary>A plain number.</summary>
    public static implicit operator Tensor(int value) => new((Scalar)(long)value);

    /// <summary>A plain number.</summary>
    public static implicit operator Tensor(long value) => new((Scalar)value);

    /// <summary>A plain truth value.</summary>
    public static implicit operator Tensor(bool value) => new((Scalar)value);

    /// <summary>A tensor that shares the memory of a TorchSharp tensor.</summary>
    public static implicit operator Tensor(torch.Tensor tensor) => FromTorch(tensor);

    /// <summary>A tensor that shares the memory of a TorchSharp tensor, which stays the caller's to dispose.</summary>
    /// <param name="tensor">The TorchSharp tensor; autograd history is left behind.</param>
    /// <exception cref="ArgumentNullException"><paramref name="tensor"/> is null.</exception>
    /// <exception cref="NotSupportedException">The element type or device is not supported.</exception>
    public static Tensor FromTorch(torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var type = new TensorType(Shape.Own(tensor.shape), DTypes.FromTorch(tensor.dtype), Device.FromTorch(tensor.device));
        return new Tensor(type, new Buffer(tensor.detach(), bytes: 0, isShared: true));
    }

    /// <summary>The TorchSharp tensor behind this one; it shares the memory and must not be written to or disposed.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    public torch.Tensor AsTorch()
    {
        var buffer = Buffer;
        buffer.IsShared = true;
        return buffer.AsTorch();
    }

    /// <summary>Frees the memory now instead of when the GC finds it. Later uses throw.</summary>
    public void Dispose() => _buffer?.Dispose();

    /// <summary>A plain number.</summary>
    internal static Tensor OfNumber(Scalar number) => new(number);

    /// <summary>Throws unless an operation may take this tensor now.</summary>
    internal void ThrowIfUnusable()
    {
        if (_donatedTo is not null)
        {
            throw new DonatedTensorException(
                $"This {Type} tensor was donated to {_donatedTo}, which may have reused its memory. " +
                "Use the tensor that the call returned, or do not mark the argument [Donate].");
        }

        if (Number is null && _buffer is { IsDisposed: true })
        {
            throw new ObjectDisposedException(
                nameof(Tensor),
                $"This {Type} tensor was freed: by Dispose, or at the end of a TensorScope. Apply, gradients and optimizer steps free what " +
                "is made inside them when they end; return the tensor from the function, store it in a tree, or keep it with TensorScope.Keep.");
        }

        if (Trace is { } trace && !ReferenceEquals(trace, Brachy.Trace.Current) && (_buffer is null || trace.IsOpen))
        {
            throw trace.LeakError(this);
        }
    }

    /// <summary>Whether the given trace records what is done with this tensor.</summary>
    internal bool IsOn(Trace trace) => ReferenceEquals(Trace, trace);

    internal void JoinTrace(Trace trace) => Trace = trace;

    internal void LeaveTrace() => Trace = null;

    /// <summary>Another tensor over the same memory, which no scope frees.</summary>
    internal Tensor Alias() => new(Type, Buffer.Alias());

    /// <summary>Gives the memory away; from now on every use throws.</summary>
    internal Buffer Donate(string consumer)
    {
        var buffer = Buffer;
        _buffer = null;
        _donatedTo = consumer;
        return buffer;
    }

    /// <summary>Moves the memory to a new tensor; from now on every use of this one throws.</summary>
    internal Tensor Transfer(string consumer) => new(Type, Donate(consumer));

    internal ConcretizationException Concretization(string wanted) => Trace!.ConcretizationError(this, wanted);
}
