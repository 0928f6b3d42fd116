namespace Brachy.Compilation;

/// <summary>What is done with blocks, one after the other.</summary>
internal enum WinogradStep
{
    /// <summary>They are transformed.</summary>
    Images,

    /// <summary>They are multiplied with the weights.</summary>
    Products,

    /// <summary>The products become pixels.</summary>
    Results,
}

/// <summary>A convolution by Winograd's method: each part has blocks of its own, and does all steps.</summary>
internal readonly unsafe struct WinogradWork<T, TTile>(
    ConvolutionSize size, int threads, Images<T> images, T* weights, T* result, Epilogue<T> epilogue, T* scratch) : ITeamWork
    where T : unmanaged
    where TTile : struct, ITile
{
    private const int Elements = WinogradProduct.Elements;

    public void Run(int part, int member)
    {
        var capacity = WinogradProduct.PartSize<TTile>(size, threads);
        var memory = scratch + (member * (nint)WinogradProduct.PartLength<T, TTile>(size, threads));
        var own = memory + PartMemory(capacity);
        var (first, end) = (part * capacity, Math.Min(WinogradProduct.Blocks(size), (part + 1) * capacity));
        TransformImages(first, first, end, end, capacity, memory, own);
        Multiply(0, Elements, end - first, capacity, memory);
        TransformProducts(first, first, end, capacity, memory, own);
    }

    /// <summary>A share of a step of all blocks.</summary>
    public void Run(WinogradStep step, int share, int member)
    {
        var (all, capacity) = (WinogradProduct.Blocks(size), WinogradProduct.PartSize<TTile>(size, 1));
        var own = scratch + PartMemory(capacity) + (member * (nint)WinogradProduct.MemberLength<T, TTile>(size));
        if (step == WinogradStep.Products)
        {
            Multiply(Elements * share / threads, Elements * (share + 1) / threads, all, capacity, scratch);
            return;
        }

        var (first, end) = (all * share / threads, all * (share + 1) / threads);
        if (step == WinogradStep.Images)
        {
            TransformImages(0, first, end, all, capacity, scratch, own);
        }
        else
        {
            TransformProducts(0, first, end, capacity, scratch, own);
        }
    }

    private nint PartMemory(int capacity) =>
        Elements * (nint)capacity * (WinogradProduct.PaddedChannels<T>(size) + WinogradProduct.Width<T, TTile>(size));

    /// <summary>Transforms blocks, and fills up after the last one with zeros.</summary>
    /// <param name="origin">The block that comes first in memory.</param>
    /// <param name="first">The first block.</param>
    /// <param name="end">The one after the last.</param>
    /// <param name="endOfPart">The one after the last in memory.</param>
    /// <param name="capacity">For how many blocks there is memory.</param>
    /// <param name="memory">The memory.</param>
    /// <param name="own">The memory of the member.</param>
    private void TransformImages(int origin, int first, int end, int endOfPart, int capacity, T* memory, T* own)
    {
        var channels = WinogradProduct.PaddedChannels<T>(size);
        var matrix = (nint)capacity * channels;
        var zeros = own;
        new Span<T>(zeros, channels).Clear();
        if (end == endOfPart)
        {
            var count = end - origin;
            var rows = (count + TTile.Rows - 1) / TTile.Rows * TTile.Rows;
            for (var e = 0; e < Elements; e++)
            {
                new Span<T>(memory + (e * matrix) + (count * channels), (rows - count) * channels).Clear();
            }
        }

        var (across, down) = WinogradTransforms.BlocksOfImage(size);
        for (var block = first; block < end; block++)
        {
            WinogradTransforms.OfImage(
                size, images, block / (across * down), block / across % down, block % across, zeros,
                memory + ((block - origin) * (nint)channels), matrix);
        }
    }

    /// <summary>Multiplies some of the matrices.</summary>
    private void Multiply(int firstElement, int endElement, int count, int capacity, T* memory)
    {
        var (channels, width) = (WinogradProduct.PaddedChannels<T>(size), WinogradProduct.Width<T, TTile>(size));
        var products = memory + (Elements * (nint)capacity * channels);
        var addresses = stackalloc T*[TTile.Rows];
        for (var e = firstElement; e < endElement; e++)
        {
            var left = memory + (e * (nint)capacity * channels);
            for (var column = 0; column < width; column += TTile.Columns<T>())
            {
                var right = weights + (((e * (nint)width) + column) * size.Channels);
                var to = products + (e * (nint)capacity * width) + column;
                for (var row = 0; row < count; row += TTile.Rows)
                {
                    for (var i = 0; i < TTile.Rows; i++)
                    {
                        addresses[i] = left + ((row + i) * (nint)channels);
                    }

                    TTile.MultiplyPieces(1, size.Channels, addresses, right, to + (row * (nint)width), width, adds: false);
                }
            }
        }
    }

    private void TransformProducts(int origin, int first, int end, int capacity, T* memory, T* own)
    {
        var (channels, width) = (WinogradProduct.PaddedChannels<T>(size), WinogradProduct.Width<T, TTile>(size));
        var products = memory + (Elements * (nint)capacity * channels);
        var (across, down) = WinogradTransforms.BlocksOfImage(size);
        for (var block = first; block < end; block++)
        {
            WinogradTransforms.OfProducts(
                size, result, block / (across * down), block / across % down, block % across,
                products + ((block - origin) * (nint)width), (nint)capacity * width, width, epilogue, own + channels);
        }
    }
}

/// <summary>A step of all blocks, of which each part is the share of a thread.</summary>
internal readonly struct WinogradStepWork<T, TTile>(WinogradWork<T, TTile> work, WinogradStep step) : ITeamWork
    where T : unmanaged
    where TTile : struct, ITile
{
    public void Run(int part, int member) => work.Run(step, part, member);
}
