namespace Brachy.IO;

/// <summary>The numbers in a field of a message that may come many times, each time with one number or many.</summary>
internal sealed class OnnxNumbers(WireReader reader, OnnxField source)
{
    private WireMessage _message = new(reader, source.Message);
    private long _at;
    private long _end;

    /// <summary>The bits of the next number; false at the end.</summary>
    /// <exception cref="WireException">The bytes are no such number.</exception>
    public bool TryNext(out ulong bits)
    {
        while (_at >= _end)
        {
            do
            {
                if (!_message.Next())
                {
                    bits = 0;
                    return false;
                }
            }
            while (_message.Field != source.Field);

            if (_message.Kind != WireKind.Bytes)
            {
                bits = _message.Kind == source.Kind
                    ? _message.Bits
                    : throw new WireException($"has a number of another kind in its field {source.Field}");
                return true;
            }

            (_at, _end) = (_message.Bytes.Start, _message.Bytes.End);
        }

        bits = source.Kind switch
        {
            WireKind.Varint => reader.Varint(ref _at, _end),
            WireKind.Fixed32 => reader.Fixed(ref _at, _end, 4),
            _ => reader.Fixed(ref _at, _end, 8),
        };
        return true;
    }

    /// <summary>How many numbers, or texts, there are.</summary>
    public static long Count(WireReader reader, OnnxField source)
    {
        var count = 0L;
        if (source.Kind == WireKind.Bytes)
        {
            for (var message = new WireMessage(reader, source.Message); message.Next();)
            {
                count += message.Field == source.Field ? 1 : 0;
            }

            return count;
        }

        var numbers = new OnnxNumbers(reader, source);
        while (numbers.TryNext(out _))
        {
            count++;
        }

        return count;
    }
}
