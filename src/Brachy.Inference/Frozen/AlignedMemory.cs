using System.Runtime.InteropServices;

namespace Brachy.Inference;

/// <summary>Memory outside of the managed heap that begins at a multiple of 64.</summary>
internal sealed unsafe class AlignedMemory : SafeHandle
{
    /// <param name="bytes">The size.</param>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public AlignedMemory(long bytes)
        : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), FrozenFile.Alignment));
        GC.AddMemoryPressure(Math.Max(bytes, 1));
    }

    public long Bytes { get; }

    public override bool IsInvalid => handle == 0;

    public nint Start => handle;

    /// <summary>Fills all of it.</summary>
    /// <exception cref="EndOfStreamException">The stream has less.</exception>
    public void ReadFrom(Stream stream) => ReadFrom(stream, 0, Bytes, null);

    /// <summary>Fills a part of it.</summary>
    /// <param name="stream">What it is filled with.</param>
    /// <param name="start">Where the part begins.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="sum">To what its bytes are added; null for nothing.</param>
    /// <exception cref="EndOfStreamException">The stream has less.</exception>
    public void ReadFrom(Stream stream, long start, long bytes, WeightSum? sum)
    {
        const int Piece = 1 << 20;
        for (var done = 0L; done < bytes; done += Piece)
        {
            var part = new Span<byte>((byte*)handle + start + done, (int)Math.Min(Piece, bytes - done));
            stream.ReadExactly(part);
            sum?.Add(part);
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Math.Max(Bytes, 1));
        return true;
    }
}
