namespace Brachy;

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

    public static bool Uniform(VectorArgs x)
    {
        var key = Whole(x, 0);
        var target = x.Result();
        if (x.DType("dtype") == DType.Float32)
        {
            x.Add(memory =>
            {
                var generator = new MersenneTwister((uint)key(memory));
                foreach (ref var value in target.Span<float>(memory))
                {
                    value = generator.NextSingle();
                }
            });
            return true;
        }

        if (x.DType("dtype") == DType.Float64)
        {
            x.Add(memory =>
            {
                var generator = new MersenneTwister((uint)key(memory));
                foreach (ref var value in target.Span<double>(memory))
                {
                    value = generator.NextDouble();
                }
            });
            return true;
        }

        return false;
    }

    private delegate long WholeNumber(nint* memory);

    private static WholeNumber Whole(VectorArgs x, int index)
    {
        if (x.IsNumber(index))
        {
            var number = x.Number(index).ToInt64();
            return _ => number;
        }

        var place = x[index];
        return memory => *place.At<long>(memory);
    }
}
