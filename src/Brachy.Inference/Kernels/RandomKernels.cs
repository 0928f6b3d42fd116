namespace Brachy.Compilation;

/// <summary>Keys, and the numbers that libtorch's generator draws from them.</summary>
internal static unsafe class RandomKernels
{
    public static bool FoldIn(VectorArgs x)
    {
        var (key, data) = (Whole(x, 0), Whole(x, 1));
        var target = x.Result();
        x.Add(memory => *target.At<long>(memory) = KeyMixing.Mix(key(memory), data(memory)));
        return true;
    }

    public static bool Uniform(VectorArgs x, SampleSettings settings) => x.OfType(
        settings.DType,
        args => Draw<float>(args, (generator, values) => generator.Fill(values)),
        args => Draw<double>(args, (generator, values) => generator.Fill(values)));

    public static bool Normal(VectorArgs x, SampleSettings settings) => x.OfType(
        settings.DType, args => Draw<float>(args, NormalNumbers.Fill), args => Draw<double>(args, NormalNumbers.Fill));

    public static bool RandInt(VectorArgs x, RandIntSettings settings)
    {
        // Fewer bits would favour some numbers.
        const ulong FewestOf64Bits = 1UL << 28;
        var range = unchecked((ulong)settings.High - (ulong)settings.Low);
        return Draw<long>(x, (generator, values) =>
        {
            foreach (ref var value in values)
            {
                var bits = range >= FewestOf64Bits ? generator.NextBits64() : generator.NextBits();
                value = unchecked((long)(bits % range) + settings.Low);
            }
        });
    }

    public static bool Permutation(VectorArgs x, PermutationSettings settings) => Draw<long>(x, (generator, values) =>
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i;
        }

        for (var i = 0; i < values.Length - 1; i++)
        {
            var other = i + (int)(generator.NextBits() % (uint)(values.Length - i));
            (values[i], values[other]) = (values[other], values[i]);
        }
    });

    private delegate void Drawing<T>(MersenneTwister generator, Span<T> values);

    private static bool Draw<T>(VectorArgs x, Drawing<T> fill)
        where T : unmanaged
    {
        var key = Whole(x, 0);
        var target = x.Result();
        x.Add(memory => fill(MersenneTwister.Begin((uint)key(memory)), target.Span<T>(memory)));
        return true;
    }

    private delegate long WholeNumber(nint* memory);

    private static WholeNumber Whole(VectorArgs x, int index)
    {
        if (x.IsNumber(index))
        {
            var number = x.Number(index).ToInt64();
            return _ => number;
        }

        var layout = x[index];
        return memory => *layout.At<long>(memory);
    }
}
