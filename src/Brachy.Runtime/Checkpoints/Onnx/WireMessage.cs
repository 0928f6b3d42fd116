namespace Brachy.IO;

/// <summary>How a field's value is written.</summary>
internal enum WireKind
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>The fields of a message of protobuf, one after the other. What nobody asks for is passed over without being read.</summary>
internal struct WireMessage(WireReader reader, WireRange range)
{
    private const ulong MaxField = (1 << 29) - 1;

    private long _at = range.Start;
    private ulong _number;
    private WireRange _bytes;

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    public WireKind Kind { get; private set; }

    /// <summary>The value of a field that is a number.</summary>
    public readonly ulong Number => Kind == WireKind.Varint ? _number : throw Other("a whole number");

    /// <summary>The bits of a field of 4 or 8 bytes, or of a whole number.</summary>
    public readonly ulong Bits => Kind != WireKind.Bytes ? _number : throw Other("one number");

    /// <summary>Where the bytes of a text, a message or many numbers lie.</summary>
    public readonly WireRange Bytes => Kind == WireKind.Bytes ? _bytes : throw Other("a text, a message or many numbers");

    public readonly string Text => reader.Text(Bytes);

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="WireException">There is no field.</exception>
    public bool Next()
    {
        if (_at >= range.End)
        {
            return false;
        }

        var start = _at;
        var tag = reader.Varint(ref _at, range.End);
        if (tag >> 3 is 0 or > MaxField)
        {
            throw new WireException($"has a field of the number {tag >> 3} at byte {start}, which is none");
        }

        (Field, Kind) = ((int)(tag >> 3), (WireKind)(tag & 7));
        switch (Kind)
        {
            case WireKind.Varint:
                _number = reader.Varint(ref _at, range.End);
                break;
            case WireKind.Fixed64:
                _number = reader.Fixed(ref _at, range.End, 8);
                break;
            case WireKind.Fixed32:
                _number = reader.Fixed(ref _at, range.End, 4);
                break;
            case WireKind.Bytes:
                var length = reader.Varint(ref _at, range.End);
                if (length > (ulong)(range.End - _at))
                {
                    throw new WireException(
                        $"has a field at byte {start} that would take {length} bytes, where {range.End - _at} are left");
                }

                _bytes = new WireRange(_at, _at + (long)length);
                _at = _bytes.End;
                break;
            case (WireKind)3 or (WireKind)4:
                throw new WireException($"has a group at byte {start}, which the format does not use");
            default:
                throw new WireException($"has a field of the unknown kind {(int)Kind} at byte {start}");
        }

        return true;
    }

    private readonly WireException Other(string expected) =>
        new($"has something else than {expected} as its field {Field}, before byte {_at}");
}
