using System.Buffers.Binary;
using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>
/// The file: 8 bytes that say what it is; the version, and the length of the program, 4 bytes each; a sum of the program's bytes, 8; the
/// program; from the next multiple of 64 on the weights, each at a multiple of 64. Numbers have their low bytes first.
/// </summary>
internal static class FrozenFile
{
    public const int Alignment = 64;
    private const int Version = 1;
    private const int HeaderLength = 24;

    // The second line of the name shows what programs do to files that they take for text.
    private static ReadOnlySpan<byte> Name => [0x89, (byte)'B', (byte)'R', (byte)'C', (byte)'H', (byte)'\r', (byte)'\n', 0x1A];

    /// <summary>Writes a file.</summary>
    /// <param name="to">Where it goes.</param>
    /// <param name="program">The program.</param>
    /// <param name="writeWeights">Writes each of the weights, given its number.</param>
    /// <param name="bytes">The size of each of them.</param>
    public static void Write(Stream to, ReadOnlySpan<byte> program, Action<Stream, int> writeWeights, IReadOnlyList<long> bytes)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        Name.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], program.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], Sum(program));
        to.Write(header);
        to.Write(program);
        Fill(to, HeaderLength + program.Length);
        for (var i = 0; i < bytes.Count; i++)
        {
            writeWeights(to, i);
            Fill(to, bytes[i]);
        }
    }

    /// <summary>Reads a file.</summary>
    /// <param name="from">The file, from its beginning.</param>
    /// <param name="length">How long it is.</param>
    /// <returns>The program, and memory with the weights, which the caller frees.</returns>
    /// <exception cref="FrozenModelException">It is no frozen model, or damaged.</exception>
    public static (FrozenProgram Program, AlignedMemory Weights) Read(Stream from, long length)
    {
        var header = new byte[HeaderLength];
        if (length < HeaderLength || from.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength
            || !header.AsSpan(0, Name.Length).SequenceEqual(Name))
        {
            throw new FrozenModelException("This is no frozen model; Export.Frozen writes them.");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8));
        if (version != Version)
        {
            throw new FrozenModelException($"The frozen model has version {version} of the format; this Brachy.Inference reads {Version}.");
        }

        var size = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        if (size < 0 || size > length - HeaderLength)
        {
            throw Truncated();
        }

        var bytes = new byte[size];
        if (from.ReadAtLeast(bytes, size, throwOnEndOfStream: false) < size)
        {
            throw Truncated();
        }

        if (Sum(bytes) != BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(16)))
        {
            throw new FrozenModelException("The frozen model is damaged: its program has changed since it was written.");
        }

        var program = FrozenProgram.Read(bytes);
        var start = HeaderLength + (long)size;
        var rest = length - Aligned(start);
        var expected = WeightOffsets(program.At(program.Typical, isForRun: false)).Total;
        if (rest != expected)
        {
            throw Truncated();
        }

        var skipped = new byte[(int)(Aligned(start) - start)];
        from.ReadExactly(skipped);
        var weights = new AlignedMemory(expected);
        try
        {
            weights.ReadFrom(from);
        }
        catch (EndOfStreamException)
        {
            weights.Dispose();
            throw Truncated();
        }
        catch
        {
            weights.Dispose();
            throw;
        }

        return (program, weights);
    }

    /// <summary>Where each of the weights begins, and where all end.</summary>
    public static (long[] Offsets, long Total) WeightOffsets(Routine routine)
    {
        var offsets = new long[routine.Constants.Count];
        Int128 end = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = (long)end;
            end = (end + routine.Constants[i].Type.ByteSize + Alignment - 1) / Alignment * Alignment;
            if (end > long.MaxValue / 2)
            {
                throw new FrozenModelException("The frozen model is damaged: its weights are larger than any memory.");
            }
        }

        return (offsets, (long)end);
    }

    private static FrozenModelException Truncated() =>
        new("The frozen model is damaged: the file has another length than its program says. Copy it again.");

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static void Fill(Stream to, long written)
    {
        Span<byte> zeros = stackalloc byte[Alignment];
        zeros.Clear();
        to.Write(zeros[..(int)(Aligned(written) - written)]);
    }

    /// <summary>FNV-1a with 64 bits (Fowler, Noll, Vo), which finds what changed by accident.</summary>
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 14695981039346656037UL;
        foreach (var value in bytes)
        {
            sum = (sum ^ value) * 1099511628211UL;
        }

        return sum;
    }
}
