namespace Brachy;

/// <summary>
/// The function that makes a key of a key and a number: the finaliser of splitmix64 on their
/// combination, with the sign bit cleared. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
/// </summary>
internal static class KeyMixing
{
    public const ulong Golden = 0x9E3779B97F4A7C15;
    public const ulong First = 0xBF58476D1CE4E5B9;
    public const ulong Second = 0x94D049BB133111EB;

    public static long Mix(long key, long data)
    {
        // The key is scrambled before the data joins, so that keys and data next to each other do not meet.
        var z = Step((ulong)key + Golden, 30, First);
        z = Step(z + ((ulong)data * Golden), 30, First);
        z = Step(z, 27, Second);
        return (long)((z ^ (z >> 31)) & long.MaxValue);
    }

    private static ulong Step(ulong z, int shift, ulong factor) => (z ^ (z >> shift)) * factor;
}
