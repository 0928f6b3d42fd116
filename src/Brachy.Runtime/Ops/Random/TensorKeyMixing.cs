using System.Globalization;
using static Brachy.KeyMixing;

namespace Brachy;

/// <summary>What <see cref="KeyMixing"/> does to two numbers, on tensors and in TorchScript.</summary>
internal static class TensorKeyMixing
{
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
