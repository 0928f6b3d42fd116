namespace Brachy;

/// <summary>The sizes of one name that a function was looked at for, and all between them.</summary>
internal sealed class SizeRange
{
    private readonly HashSet<long> _special = [];
    private long _least = long.MaxValue;
    private long _most = long.MinValue;

    public SizeRange(IEnumerable<long> sizes)
    {
        foreach (var size in sizes)
        {
            Add(size);
        }
    }

    /// <summary>Whether programs may do something else for a size than for larger ones.</summary>
    public static bool IsSpecial(long size) => size <= 1;

    public bool Holds(long size) => IsSpecial(size) ? _special.Contains(size) : size >= _least && size <= _most;

    public void Add(long size)
    {
        if (IsSpecial(size))
        {
            _special.Add(size);
        }
        else
        {
            (_least, _most) = (Math.Min(_least, size), Math.Max(_most, size));
        }
    }
}
