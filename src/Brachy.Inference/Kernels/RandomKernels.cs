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

    public static bool Uniform(VectorArgs x, SampleSettings settings) =>
        x.OfType(settings.DType, args => Fill(args, generator => generator.NextSingle()), args =>
            Fill(args, generator => generator.NextDouble()));

    private static bool Fill<T>(VectorArgs x, Func<MersenneTwister, T> next)
        where T : unmanaged
    {
        var key = Whole(x, 0);
        var target = x.Result();
        x.Add(memory =>
        {
            var generator = MersenneTwister.Begin((uint)key(memory));
            foreach (ref var value in target.Span<T>(memory))
            {
                value = next(generator);
            }
        });
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
