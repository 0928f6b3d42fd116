using System.Diagnostics;
using System.Runtime.CompilerServices;
using Brachy.Native;
using Brachy.Telemetry;
using TorchSharp;

namespace Brachy;

/// <summary>
/// Owns one native tensor and tells the GC how large it is. Whoever reads the memory begins a use before and ends it after: memory that is
/// disposed meanwhile, on whatever thread, is freed when its last use ends.
/// </summary>
internal sealed class Buffer : IDisposable
{
    // Beside the number of uses in one word, so that the last use and the disposal agree on who frees.
    private const int Closed = 1 << 30;

    private static readonly ConditionalWeakTable<torch.Tensor, Pressure> s_lentMemory = [];

    private readonly long _pressure;
    private readonly bool _isOfInferenceMode;
    private nint _handle;
    private torch.Tensor? _replaced;
    private torch.Tensor? _managed;
    private torch.Tensor? _lent;
    private nint _memory;
    private TensorScope? _scope;
    private TensorScope? _leftScope;
    private volatile bool _isShared;
    private int _uses;
    private int _isFreed;
    private Layout _layout;

    /// <summary>Takes ownership of a native tensor.</summary>
    /// <param name="handle">The native tensor.</param>
    /// <param name="bytes">Memory that lives as long as this buffer; 0 for a view of another's.</param>
    /// <param name="isShared">Whether other tensors may see the same memory.</param>
    /// <param name="isOfInferenceMode">Whether it was made in <see cref="InferenceMode"/>.</param>
    public Buffer(nint handle, long bytes, bool isShared, bool isOfInferenceMode = false)
    {
        _handle = handle;
        _isOfInferenceMode = isOfInferenceMode;
        IsShared = isShared;
        _pressure = AddPressure(bytes);
        Scope = TensorScope.Register(this);
    }

    /// <summary>Takes ownership of a TorchSharp tensor.</summary>
    public Buffer(torch.Tensor tensor, long bytes, bool isShared)
    {
        _managed = tensor.DetachFromDisposeScope();
        IsShared = isShared;
        _pressure = AddPressure(bytes);
        Scope = TensorScope.Register(this);
    }

    ~Buffer() => Free(disposing: false);

    private enum Layout : byte
    {
        Unknown,
        Dense,
        Strided,
    }

    /// <summary>Whether other tensors may see the same memory, so that it must not be written. Set while the memory is in use.</summary>
    public bool IsShared
    {
        get => _isShared;
        set => _isShared = value;
    }

    /// <summary>The scope that frees this buffer when it ends.</summary>
    public TensorScope? Scope
    {
        get => Volatile.Read(ref _scope);
        set => Volatile.Write(ref _scope, value);
    }

    /// <summary>Marks the run that this buffer was last donated to, to find one passed twice.</summary>
    public long DonationStamp { get; set; }

    /// <summary>Whether no use can begin any more.</summary>
    public bool IsDisposed => Volatile.Read(ref _uses) >= Closed;

    /// <summary>Whether the memory is gone.</summary>
    public bool IsFreed => Volatile.Read(ref _isFreed) != 0;

    /// <summary>For the one who has begun a use and lets no other begin: whether others that began earlier go on.</summary>
    public bool IsUsedByOthers => (Volatile.Read(ref _uses) & ~Closed) > 1;

    /// <summary>Whether the elements lie in row-major order without gaps. For as long as a use goes on.</summary>
    public bool IsDense
    {
        get
        {
            if (_layout == Layout.Unknown)
            {
                _layout = TorchNative.IsDense(Handle) ? Layout.Dense : Layout.Strided;
            }

            return _layout == Layout.Dense;
        }
    }

    /// <summary>The native tensor, for as long as a use goes on.</summary>
    public nint Handle
    {
        get
        {
            AssertInUse();
            return Volatile.Read(ref _handle) is var handle and not 0 ? handle : Volatile.Read(ref _managed)!.Handle;
        }
    }

    /// <summary>Begins a use, if the memory is still there.</summary>
    /// <returns>Whether it is; then the caller must call <see cref="EndUse"/>, and until then the memory stays.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryBeginUse()
    {
        if (Interlocked.Increment(ref _uses) < Closed)
        {
            return true;
        }

        EndUse();
        return false;
    }

    /// <summary>Ends a use; the last one frees memory that was disposed meanwhile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void EndUse()
    {
        if (Interlocked.Decrement(ref _uses) == Closed)
        {
            Dispose();
        }
    }

    /// <summary>
    /// The first of the elements in main memory, when they lie in row-major order without gaps; 0 otherwise. For as long as a use goes on.
    /// </summary>
    /// <param name="count">The number of elements.</param>
    public nint DenseMemory(long count)
    {
        AssertInUse();

        // TorchSharp's code may change a tensor that it can see.
        var isHidden = Volatile.Read(ref _managed) is null;
        if (isHidden && !IsShared && _memory != 0)
        {
            return _memory;
        }

        var handle = Handle;
        var memory = TorchNative.IsDense(handle) && TorchNative.CountElements(handle) == count ? TorchNative.DataOf(handle) : 0;
        _memory = isHidden && !IsShared ? memory : 0;
        return memory;
    }

    /// <summary>The TorchSharp view, made on first use; from then on it owns the native tensor. For as long as a use goes on.</summary>
    public torch.Tensor AsTorch()
    {
        AssertInUse();
        if (_managed is null)
        {
            lock (this)
            {
                if (_managed is null)
                {
                    // In this order: a reader that sees no handle must see the wrapper.
                    Volatile.Write(ref _managed, Wrap(_handle));
                    Volatile.Write(ref _handle, 0);
                }
            }
        }

        return _managed;
    }

    /// <summary>
    /// A TorchSharp tensor over the same memory for code that does not know of uses: it lives until it is collected, also when this buffer
    /// does not. The same one each time, so that it is not collected while a native call uses it: TorchSharp does not hold it.
    /// </summary>
    public torch.Tensor Lend()
    {
        lock (this)
        {
            IsShared = true;
            return _lent is { IsInvalid: false } lent ? lent : _lent = AsTorch().detach().DetachFromDisposeScope();
        }
    }

    /// <summary>Another owner of the same memory, which no scope frees.</summary>
    public Buffer Alias()
    {
        IsShared = true;
        return new Buffer(AsTorch().detach(), bytes: 0, isShared: true) { Scope = null };
    }

    /// <summary>Lets the memory be freed when no use goes on: now, or at the end of the last.</summary>
    public void Dispose()
    {
        if ((Interlocked.Or(ref _uses, Closed) & ~Closed) == 0)
        {
            Free(disposing: true);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Takes the buffer out of its scope, for a call that it is donated to.</summary>
    /// <returns>False when the scope has ended and freed it.</returns>
    public bool TryLeaveScope()
    {
        _leftScope = Scope;
        return _leftScope?.TryRemove(this) != false;
    }

    /// <summary>After a call that failed: undoes <see cref="TryLeaveScope"/>, and frees what would have been freed meanwhile.</summary>
    public void ReturnToScope()
    {
        _leftScope?.PutBack(this);
        _leftScope = null;
    }

    /// <summary>
    /// After a call that succeeded: a result belongs to the scope that the donated tensor was in, or that is open on this
    /// thread if that is another's.
    /// </summary>
    public void JoinScope()
    {
        if (_leftScope is { } scope)
        {
            _leftScope = null;
            scope.Pass(this);
        }
    }

    /// <summary>TorchSharp's code gets a tensor that it can do everything with; the memory is the same.</summary>
    private torch.Tensor Wrap(nint handle)
    {
        var tensor = torch.Tensor.UnsafeCreateTensor(handle).DetachFromDisposeScope();
        if (!_isOfInferenceMode)
        {
            return tensor;
        }

        try
        {
            var ordinary = torch.empty(0, dtype: tensor.dtype, device: tensor.device).set_(tensor).DetachFromDisposeScope();

            // Not freed yet: native code of another thread may be using it.
            _replaced = tensor;
            return ordinary;
        }
        catch
        {
            // The handle stays this buffer's.
            tensor.DecoupleFromNativeHandle();
            throw;
        }
    }

    [Conditional("DEBUG")]
    private void AssertInUse() =>
        Debug.Assert((Volatile.Read(ref _uses) & ~Closed) > 0, "Memory is touched outside a use: another thread may free it meanwhile.");

    private static long AddPressure(long bytes)
    {
        if (bytes > 0)
        {
            LiveMemory.Add(bytes);
        }

        return bytes;
    }

    private void Free(bool disposing)
    {
        if (Interlocked.Exchange(ref _isFreed, 1) != 0)
        {
            return;
        }

        if (disposing)
        {
            _managed?.Dispose();
            _replaced?.Dispose();
        }

        // A managed wrapper that is still referenced elsewhere frees the native tensor by its own finalizer.
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            TorchNative.DisposeTensor(handle);
        }

        if (_pressure > 0 && _lent is { IsInvalid: false } lent)
        {
            s_lentMemory.Add(lent, new Pressure(_pressure));
        }
        else if (_pressure > 0)
        {
            LiveMemory.Remove(_pressure);
        }

        _lent = null;
    }

    /// <summary>Goes with a lent tensor that holds the memory longer than its buffer.</summary>
    private sealed class Pressure(long bytes)
    {
        ~Pressure() => LiveMemory.Remove(bytes);
    }
}
