namespace Brachy.IO;

/// <summary>The bytes of a pickle, taken in order, a few at a time: the pickle of a large file need not be in memory.</summary>
internal sealed class PickleInput(StoredBytes bytes)
{
    private readonly byte[] _buffer = new byte[Math.Min(bytes.Left, 1 << 16)];
    private int _at;
    private int _end;

    /// <summary>How many bytes were taken.</summary>
    public long Position { get; private set; }

    private long Left => bytes.Left + _end - _at;

    /// <summary>The next bytes; they stay as they are until more are taken.</summary>
    /// <exception cref="PickleException">There are not so many.</exception>
    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)Left)
        {
            throw new PickleException($"needs {count} bytes, but {Left} are left", isRefusal: false);
        }

        var length =
            count <= (ulong)Array.MaxLength ? (int)count : throw new PickleException($"has a value of {count} bytes", isRefusal: true);
        Position += length;
        if (length <= _end - _at)
        {
            _at += length;
            return _buffer.AsSpan(_at - length, length);
        }

        if (length <= _buffer.Length)
        {
            Fill();
            _at = length;
            return _buffer.AsSpan(0, length);
        }

        var value = new byte[length];
        var buffered = _buffer.AsSpan(_at, _end - _at);
        buffered.CopyTo(value);
        (_at, _end) = (0, 0);
        bytes.Read(value.AsSpan(buffered.Length));
        return value;
    }

    /// <summary>The bytes up to the end of the line, which is taken too.</summary>
    /// <exception cref="PickleException">The line does not end.</exception>
    public ReadOnlySpan<byte> TakeLine()
    {
        var length = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)'\n');
        if (length < 0)
        {
            Fill();
            length = _buffer.AsSpan(0, _end).IndexOf((byte)'\n');
        }

        return length >= 0
            ? Take((ulong)length + 1)[..length]
            : throw new PickleException(
                _end < _buffer.Length || bytes.Left == 0 ? "has a name without end" : $"has a line of more than {_buffer.Length} bytes",
                isRefusal: false);
    }

    /// <summary>Whether so many bytes are left.</summary>
    public bool Has(ulong count) => count <= (ulong)Left;

    private void Fill()
    {
        var buffered = _end - _at;
        _buffer.AsSpan(_at, buffered).CopyTo(_buffer);
        var count = (int)Math.Min(_buffer.Length - buffered, bytes.Left);
        bytes.Read(_buffer.AsSpan(buffered, count));
        (_at, _end) = (0, buffered + count);
    }
}
