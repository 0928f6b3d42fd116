using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>
/// A multi-dimensional array: <em>concrete</em>, with values in memory, or <em>traced</em>, a value of a graph that is
/// being recorded. Immutable. Shape, element type and device are always known; values only when concrete.
/// </summary>
public sealed partial class Tensor : IDisposable, ITraced
{
    private static int s_nextOrdinal;

    // Whoever takes the buffer out of here may free it, overwrite it or give it to another tensor; uses begun before go on.
    private Buffer? _buffer;
    private volatile string? _donatedTo;
    private volatile bool _isDisposed;

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
    public bool IsTraced => _buffer is null && Number is null && Trace is not null && !_isDisposed;

    /// <summary>Whether a trace that goes on records what is done with this tensor, which may have values.</summary>
    internal bool IsTracked => Number is null && Trace is { IsOpen: true } && !_isDisposed;

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
    internal Buffer? BufferOrNull => Volatile.Read(ref _buffer);

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
        var type = new TensorType(Shape.Own(tensor.shape), TorchTypes.DTypeOf(tensor.dtype), TorchTypes.DeviceOf(tensor.device));
        return new Tensor(type, new Buffer(tensor.detach(), bytes: 0, isShared: true));
    }

    /// <summary>
    /// A TorchSharp tensor that shares the memory; it must not be written to. It is the same one each time, and keeps the memory, also
    /// after this tensor is freed or given away, until it is disposed or collected.
    /// </summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    /// <exception cref="DonatedTensorException">The tensor was given away.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was freed.</exception>
    public torch.Tensor AsTorch()
    {
        using var use = Use();
        return use.Buffer.Lend();
    }

    /// <summary>
    /// Frees the memory now instead of when the GC finds it; or, when calls of other threads are using it, as soon as those have ended.
    /// Later uses throw.
    /// </summary>
    public void Dispose()
    {
        if (IsTraced)
        {
            return;
        }

        // A plain number gets new memory when it is used again. First, so that whoever finds no memory finds the reason.
        _isDisposed = Number is null;
        Interlocked.Exchange(ref _buffer, null)?.Dispose();
    }

    /// <summary>A plain number.</summary>
    internal static Tensor OfNumber(Scalar number) => new(number);

    /// <summary>Throws unless an operation may take this tensor now.</summary>
    internal void ThrowIfUnusable()
    {
        // Before the next question: what a call took over is freed after that call has said so.
        var isFreed = Number is null && (_isDisposed || BufferOrNull is { IsDisposed: true });
        if (_donatedTo is { } consumer)
        {
            throw new DonatedTensorException(
                $"This {Type} tensor was donated to {consumer}, which may have reused its memory. " +
                "Use the tensor that the call returned, or do not mark the argument [Donate].");
        }

        if (isFreed)
        {
            throw new ObjectDisposedException(
                nameof(Tensor),
                $"This {Type} tensor was freed: by Dispose, or at the end of a TensorScope. Apply, gradients and optimizer steps free what "
                +
                "is made inside them when they end; return the tensor from the function, store it in a tree, or keep it with "
                + "TensorScope.Keep.");
        }

        if (Trace is { } trace && Brachy.Trace.Current?.Sees(this) != true && (_buffer is null || trace.IsOpen))
        {
            throw trace.LeakError(this);
        }
    }

    /// <summary>Whether the given trace records what is done with this tensor.</summary>
    internal bool IsOn(Trace trace) => ReferenceEquals(Trace, trace);

    internal void JoinTrace(Trace trace) => Trace = trace;

    internal void LeaveTrace() => Trace = null;

    /// <summary>Another tensor over the same memory, which no scope frees.</summary>
    internal Tensor Alias()
    {
        using var use = Use();
        return new(Type, use.Buffer.Alias());
    }

    /// <summary>Keeps the memory from being freed or overwritten until the use ends; a plain number gets some on first use.</summary>
    /// <exception cref="ConcretizationException">The tensor is traced.</exception>
    /// <exception cref="DonatedTensorException">The tensor was given away.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was freed.</exception>
    internal BufferUse Use() => new(BeginUse());

    /// <summary>As <see cref="Use"/>, for a use that the caller ends by <see cref="Buffer.EndUse"/>.</summary>
    internal Buffer BeginUse()
    {
        var buffer = BufferOrNull;
        return buffer is not null && TryBeginUse(buffer) ? buffer : BeginUseOrThrow();
    }

    /// <summary>
    /// Takes the memory out for a call that the tensor is donated to, and begins a use of it. From now on all other uses throw.
    /// </summary>
    /// <param name="consumer">The call, for messages.</param>
    internal Buffer Take(string consumer)
    {
        while (true)
        {
            var buffer = BeginUse();
            if (buffer.TryLeaveScope())
            {
                // First, so that whoever finds no memory finds the reason.
                _donatedTo = consumer;
                if (ReferenceEquals(Interlocked.CompareExchange(ref _buffer, null, buffer), buffer))
                {
                    return buffer;
                }

                _donatedTo = null;
            }

            // Another thread has freed the tensor meanwhile.
            buffer.EndUse();
        }
    }

    /// <summary>Puts back what <see cref="Take"/> took, because the call failed.</summary>
    internal void PutBack(Buffer buffer)
    {
        buffer.ReturnToScope();
        Interlocked.Exchange(ref _buffer, buffer);
        _donatedTo = null;
        if (_isDisposed)
        {
            Dispose();
        }
    }

    /// <summary>Gives up memory that was taken, with another reason than that it was donated.</summary>
    internal void GiveUp(string reason) => _donatedTo = reason;

    /// <summary>Whether a use has begun: of memory that is still this tensor's, after its count of uses says that it is used.</summary>
    private bool TryBeginUse(Buffer buffer)
    {
        if (!buffer.TryBeginUse())
        {
            return false;
        }

        // Whoever took it out in between may have seen no use, and may be overwriting it.
        if (ReferenceEquals(BufferOrNull, buffer))
        {
            return true;
        }

        buffer.EndUse();
        return false;
    }

    private Buffer BeginUseOrThrow()
    {
        while (true)
        {
            ThrowIfUnusable();
            var buffer = BufferOrNull;
            if (buffer is null && Number is { } number)
            {
                buffer = new Buffer(number.ToTorch(dtype), Type.ByteSize, isShared: true) { Scope = null };
                if (Interlocked.CompareExchange(ref _buffer, buffer, null) is { } made)
                {
                    buffer.Dispose();
                    buffer = made;
                }
            }

            if (buffer is not null)
            {
                if (TryBeginUse(buffer))
                {
                    return buffer;
                }
            }
            else if (Trace is not null)
            {
                throw Concretization("its memory");
            }

            // A call that failed on another thread was about to put the memory back.
        }
    }

    internal ConcretizationException Concretization(string wanted) => Trace!.ConcretizationError(this, wanted);
}
