namespace Brachy.Compilation;

/// <summary>Products with known weights, in the order of the tiles: to the kernel they are convolutions of single pixels.</summary>
internal static unsafe class KnownProducts
{
    /// <summary>With less, waking another thread takes longer than it saves.</summary>
    public const double FewestMultiplyAddsOfThreads = 1e6;

    /// <summary>A linear layer of so many rows.</summary>
    public static bool Linear<T>(VectorArgs x, int rows)
        where T : unmanaged => Tiles.Select<Rule<T>, bool>(new(x, rows));

    /// <summary>How many threads are of use.</summary>
    public static int MostThreads(ConvolutionSize size) =>
        (double)size.Pixels * size.Outputs * size.GroupChannels * size.Taps < FewestMultiplyAddsOfThreads ? 1 : Environment.ProcessorCount;

    private readonly struct Rule<T>(VectorArgs x, int rows) : ITileFunction<bool>
        where T : unmanaged
    {
        public bool Of<TTile>()
            where TTile : struct, ITile
        {
            var weight = x[1];
            var (outputs, inner) = ((int)weight.Shape[0], (int)weight.Shape[1]);
            var size = new ConvolutionSize(1, inner, outputs, 1, new(1, 1, 1, 0, 1, 1), new(rows, 1, 1, 0, 1, rows));
            var parts = ImageProduct.Parts<T, TTile>(size, false);
            var input = x.Dense(0);
            var ends = new ProductEnd<T>(
                x.Chain.Term is { } term ? x.Dense(x.LayoutOf(term)) : null, x.Count > 2 ? x.Dense(2) : null, x.Chain.Function);
            var strips = x.Packed(
                weight, "strips", ImageProduct.PackedLength<T, TTile>(size),
                (from, to) => memory => ImageProduct.Pack<T, TTile>(size, KernelOrder.Of(size), from.At<T>(memory), to.At<T>(memory)));
            var threads = Math.Min(parts, MostThreads(size));
            var scratch = x.Scratch(x.Output().DType, [threads, ImageProduct.ScratchLength<T, TTile>(size, false)]);
            var target = x.Result();
            x.Add(memory => ThreadTeam.Shared.Run(
                Math.Min(threads, ThreadTeam.ThreadsOfCaller), parts, new ImageProductWork<T, TTile, Epilogue<T>>(
                    size, false, new(input.At<T>(memory), 0, 0, inner), strips.Address(memory), target.Address(memory), false,
                    ends.Of(memory), scratch.Address(memory))));
            return true;
        }
    }
}
