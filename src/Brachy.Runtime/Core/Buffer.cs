using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>Owns one native tensor and tells the GC how large it is.</summary>
internal sealed class Buffer : IDisposable
{
    private readonly long _pressure;
    private readonly bool _isOfInferenceMode;
    private nint _handle;
    private torch.Tensor? _replaced;
    private torch.Tensor? _managed;
    private nint _memory;
    private bool? _isDense;
    private int _released;

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

    ~Buffer() => Release(disposing: false);

    /// <summary>Whether other tensors may see the same memory, so that it must not be written.</summary>
    public bool IsShared { get; set; }

    /// <summary>The scope that frees this buffer when it ends.</summary>
    public TensorScope? Scope { get; set; }

    /// <summary>Marks the jit call that this buffer was last donated to, to find one passed twice.</summary>
    public long DonationStamp { get; set; }

    public bool IsDisposed => Volatile.Read(ref _handle) == 0 && Volatile.Read(ref _managed) is not { IsInvalid: false };

    /// <summary>Whether the memory may be overwritten through a kernel that ignores strides.</summary>
    public bool IsExclusiveAndDense => !IsShared && (_isDense ??= AsTorch().is_contiguous());

    /// <summary>The native tensor. Keep this buffer alive while the handle is in use.</summary>
    public nint Handle => Volatile.Read(ref _handle) is var handle and not 0 ? handle : Volatile.Read(ref _managed)!.Handle;

    /// <summary>
    /// The first of the elements in main memory, when they lie in row-major order without gaps; 0 otherwise. Keep this buffer alive while it is in use.
    /// </summary>
    /// <param name="count">The number of elements.</param>
    public nint DenseMemory(long count)
    {
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

    /// <summary>The TorchSharp view, made on first use; from then on it owns the native tensor.</summary>
    public torch.Tensor AsTorch()
    {
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

    /// <summary>Another owner of the same memory, which no scope frees.</summary>
    public Buffer Alias()
    {
        IsShared = true;
        return new Buffer(AsTorch().detach(), bytes: 0, isShared: true) { Scope = null };
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

    public void Dispose()
    {
        Release(disposing: true);
        GC.SuppressFinalize(this);
    }

    private static long AddPressure(long bytes)
    {
        if (bytes > 0)
        {
            GC.AddMemoryPressure(bytes);
        }

        return bytes;
    }

    private void Release(bool disposing)
    {
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

        if (_pressure > 0 && Interlocked.Exchange(ref _released, 1) == 0)
        {
            GC.RemoveMemoryPressure(_pressure);
        }
    }
}
