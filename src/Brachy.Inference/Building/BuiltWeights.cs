using System.Buffers;
using System.Buffers.Text;

namespace Brachy.Inference;

/// <summary>The weights of a model that is built: read one after the other, and laid out as a file has them.</summary>
internal sealed class BuiltWeights
{
    private readonly long[] _offsets;
    private readonly long[] _sizes;
    private readonly WeightSum _sum = new();

    public BuiltWeights(FrozenProgram program)
    {
        var routine = program.At(program.Typical, isForRun: false);
        (_offsets, var total) = FrozenFile.WeightOffsets(routine);
        _sizes = [.. routine.Constants.Select(constant => constant.Type.ByteSize)];
        Memory = new(total);
    }

    public AlignedMemory Memory { get; }

    /// <summary>The bytes of a base64 text.</summary>
    /// <exception cref="FrozenModelException">It is none.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Base64.DecodeFromUtf8(text, bytes, out _, out var written) == OperationStatus.Done ? bytes[..written]
            : throw new FrozenModelException("The text of the weights is no base64; export the model again.");
    }

    /// <summary>Reads all of a stream.</summary>
    /// <exception cref="FrozenModelException">It has more or less than the weights.</exception>
    public void ReadFrom(Stream stream)
    {
        try
        {
            for (var i = 0; i < _sizes.Length; i++)
            {
                Memory.ReadFrom(stream, _offsets[i], _sizes[i], _sum);
            }
        }
        catch (EndOfStreamException)
        {
            throw Other("fewer");
        }

        if (stream.ReadByte() >= 0)
        {
            throw Other("more");
        }
    }

    /// <summary>Throws unless the weights have a checksum.</summary>
    public void Require(ulong? checksum)
    {
        if (checksum is { } expected && expected != _sum.Value)
        {
            throw new FrozenModelException(
                "These weights are not those of the model: their checksum is another. Use the file that was written with the source, or "
                + "export the model again.");
        }
    }

    private FrozenModelException Other(string number) => new(
        $"The weights of the model are {_sizes.Sum()} bytes, but here are {number}. Use the file that was written with the source, or "
        + "export the model again.");
}
