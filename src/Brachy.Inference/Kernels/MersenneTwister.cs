namespace Brachy.Compilation;

/// <summary>
/// The generator of random bits that libtorch uses on the CPU, MT19937, so that the same keys give the same numbers. Source: Matsumoto,
/// Nishimura, "Mersenne twister: a 623-dimensionally equidistributed uniform pseudo-random number generator", 1998.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Size = 624;
    private const int Middle = 397;

    [ThreadStatic]
    private static MersenneTwister? s_own;

    private readonly uint[] _state = new uint[Size];
    private int _next;

    private MersenneTwister()
    {
    }

    /// <summary>The generator of this thread, begun anew.</summary>
    public static MersenneTwister Begin(uint seed)
    {
        var generator = s_own ??= new();
        generator.Seed(seed);
        return generator;
    }

    /// <summary>Numbers from 0 up to 1, of 24 random bits.</summary>
    public void Fill(Span<float> values)
    {
        foreach (ref var value in values)
        {
            value = (NextBits() & 0xFFFFFF) * (1f / (1 << 24));
        }
    }

    /// <summary>Numbers from 0 up to 1, of 53 random bits.</summary>
    public void Fill(Span<double> values)
    {
        foreach (ref var value in values)
        {
            value = NextDouble();
        }
    }

    /// <summary>A number from 0 up to 1, of 53 random bits.</summary>
    public double NextDouble() => (NextBits64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));

    /// <summary>64 random bits, the high ones first.</summary>
    public ulong NextBits64()
    {
        var high = (ulong)NextBits() << 32;
        return high | NextBits();
    }

    /// <summary>32 random bits.</summary>
    public uint NextBits()
    {
        if (_next == Size)
        {
            Renew();
        }

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Seed(uint seed)
    {
        _next = Size;
        _state[0] = seed;
        for (var i = 1u; i < Size; i++)
        {
            var last = _state[i - 1];
            _state[i] = (1812433253u * (last ^ (last >> 30))) + i;
        }
    }

    private void Renew()
    {
        for (var i = 0; i < Size; i++)
        {
            var y = (_state[i] & 0x80000000) | (_state[(i + 1) % Size] & 0x7FFFFFFF);
            _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }

        _next = 0;
    }
}
