namespace Brachy.Data;

/// <summary>Random numbers of a key: the same on every machine and in every version.</summary>
internal struct KeyStream(long key)
{
    private long _drawn;

    /// <summary>From 0 to bound - 1.</summary>
    public int Below(int bound) => (int)Math.BigMul((ulong)Next() << 1, (ulong)bound, out _);

    /// <summary>From 0 to 1, without 1.</summary>
    public double Uniform() => (Next() >> 10) * (1.0 / (1L << 53));

    /// <summary>Puts elements in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    // 63 bits.
    private long Next() => KeyMixing.Mix(key, _drawn++);
}
