using System.Globalization;

namespace Brachy;

/// <summary>
/// The function that makes a key of a key and a number, in C# and in TorchScript: the finaliser of splitmix64 on their
/// combination, with the sign bit cleared. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
/// </summary>
internal static class KeyMixing
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const ulong First = 0xBF58476D1CE4E5B9;
    private const ulong Second = 0x94D049BB133111EB;

    public static long Mix(long key, long data)
    {
        // The key is scrambled before the data joins, so that keys and data next to each other do not meet.
        var z = Step((ulong)key + Golden, 30, First);
        z = Step(z + ((ulong)data * Golden), 30, First);
        z = Step(z, 27, Second);
        return (long)((z ^ (z >> 31)) & long.MaxValue);
    }

    /// <summary>The same on each element of two tensors that broadcast.</summary>
    public static Tensor MixEach(Tensor keys, Tensor data)
    {
        var z = StepEach(keys + unchecked((long)Golden), 30, First);
        z = StepEach(z + (data * unchecked((long)Golden)), 30, First);
        z = StepEach(z, 27, Second);
        return F.bitwise_and(F.bitwise_xor(z, ShiftedEach(z, 31)), long.MaxValue);
    }

    /// <summary>The same on two TorchScript expressions of type int, as an expression of type int.</summary>
    public static string MixScript(string key, string data, Func<string, string> let)
    {
        var z = StepScript(let($"{key} + {Signed(Golden)}"), 30, First, let);
        z = StepScript(let($"{z} + {data} * {Signed(Golden)}"), 30, First, let);
        z = StepScript(z, 27, Second, let);
        return $"({z} ^ {Shifted(z, 31)}) & {long.MaxValue.ToString(CultureInfo.InvariantCulture)}";
    }

    private static ulong Step(ulong z, int shift, ulong factor) => (z ^ (z >> shift)) * factor;

    private static Tensor StepEach(Tensor z, int shift, ulong factor) => F.bitwise_xor(z, ShiftedEach(z, shift)) * unchecked((long)factor);

    // The kernel shifts the sign in; the mask takes it out.
    private static Tensor ShiftedEach(Tensor z, int shift) => F.bitwise_and(F.bitwise_right_shift(z, shift), (1L << (64 - shift)) - 1);

    private static string StepScript(string z, int shift, ulong factor, Func<string, string> let) =>
        let($"({z} ^ {Shifted(z, shift)}) * {Signed(factor)}");

    // TorchScript shifts the sign in; the mask takes it out.
    private static string Shifted(string z, int shift) =>
        $"(({z} >> {shift}) & {((1L << (64 - shift)) - 1).ToString(CultureInfo.InvariantCulture)})";

    private static string Signed(ulong value) => $"({((long)value).ToString(CultureInfo.InvariantCulture)})";
}
