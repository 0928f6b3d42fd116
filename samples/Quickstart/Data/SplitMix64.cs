namespace Quickstart.Data;

/// <summary>
/// The SplitMix64 generator (Steele, Lea and Flood, 2014). It is written out here because
/// <see cref="Random"/> does not promise the same numbers in later versions of .NET.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    public ulong Next() => Mix(_state += Increment);

    /// <summary>The generator of stream <paramref name="stream"/>; it does not depend on later draws from this one.</summary>
    public readonly SplitMix64 Fork(int stream) => new(Mix(_state ^ Mix((ulong)stream + Increment)));

    public float Uniform(float low, float high) => low + ((high - low) * ((Next() >> 40) * (1f / (1 << 24))));

    public int Below(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>About normal, mean 0 and variance 1: the sum of four uniform numbers needs no logarithm.</summary>
    public float Normal()
    {
        const float Mean = 2 * 65535f;
        const float Deviation = 37837.2f;
        ulong bits = Next();
        ulong sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return (sum - Mean) / Deviation;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
