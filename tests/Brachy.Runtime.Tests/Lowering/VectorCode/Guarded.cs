using System.Numerics;
using System.Runtime.InteropServices;

namespace Brachy.Tests.Lowering;

/// <summary>Native memory between numbers that nothing may write.</summary>
internal sealed unsafe class Guarded<T> : IDisposable
    where T : unmanaged, INumber<T>
{
    private const int Guards = 64;

    private static readonly T s_guard = T.CreateChecked(77);

    private readonly T* _memory;
    private readonly int _length;

    public Guarded(T[] values)
    {
        _length = values.Length;
        _memory = (T*)NativeMemory.AlignedAlloc((nuint)((_length + (2 * Guards)) * sizeof(T)), 64);
        new Span<T>(_memory, _length + (2 * Guards)).Fill(s_guard);
        values.CopyTo(new Span<T>(Start, _length));
    }

    public T* Start => _memory + Guards;

    public T[] RequireUntouchedBeside()
    {
        Assert.False(new ReadOnlySpan<T>(_memory, Guards).ContainsAnyExcept(s_guard), "the numbers before are as they were");
        Assert.False(new ReadOnlySpan<T>(Start + _length, Guards).ContainsAnyExcept(s_guard), "the numbers behind are as they were");
        return new ReadOnlySpan<T>(Start, _length).ToArray();
    }

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
