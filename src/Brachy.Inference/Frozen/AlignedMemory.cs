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
    public void ReadFrom(Stream stream)
    {
        const int Piece = 1 << 20;
        for (var done = 0L; done < Bytes; done += Piece)
        {
            stream.ReadExactly(new Span<byte>((byte*)handle + done, (int)Math.Min(Piece, Bytes - done)));
        }
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Math.Max(Bytes, 1));
        return true;
    }
}
