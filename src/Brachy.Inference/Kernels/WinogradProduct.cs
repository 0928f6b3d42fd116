using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// 3×3 convolutions of stride 1 on blocks of 2×2 pixels from blocks of 4×4, which take 16 products where the definition takes 36:
/// y = Aᵀ ((G w Gᵀ) ⊙ (Bᵀ x B)) A, summed over channels before the last step, so that the products are 16 matrix products (Lavin and Gray,
/// "Fast Algorithms for Convolutional Neural Networks", 2015, F(2×2, 3×3)). An infinite pixel makes the whole block NaN.
/// </summary>
internal static unsafe class WinogradProduct
{
    /// <summary>The elements of a transformed block.</summary>
    public const int Elements = Input * Input;

    /// <summary>The pixels that a block sees, along each dim.</summary>
    public const int Input = 4;

    /// <summary>The pixels of the result that it gives, along each dim.</summary>
    public const int Output = 2;

    private const int MostBlocks = 64;

    /// <summary>Whether a convolution is of this kind.</summary>
    public static bool Fits(ConvolutionSize size) =>
        size is { Groups: 1, Y: { Kernel: 3, Stride: 1, Dilation: 1 }, X: { Kernel: 3, Stride: 1, Dilation: 1 } };

    /// <summary>The length of the transformed weights in the order of the tiles.</summary>
    public static long PackedLength<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile => (long)Elements * size.Channels * Width<T, TTile>(size);

    /// <summary>Into how many parts the work is divided.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="threads">The threads that share it.</param>
    public static int Parts<TTile>(ConvolutionSize size, int threads)
        where TTile : struct, ITile => (Blocks(size) + PartSize<TTile>(size, threads) - 1) / PartSize<TTile>(size, threads);

    /// <summary>
    /// Whether all blocks are one part whose steps threads divide among them, so that each reads its share of the weights alone: of few
    /// blocks they take longer to read than to multiply.
    /// </summary>
    public static bool IsOnePart(ConvolutionSize size, int threads) => threads > 1 && Blocks(size) <= MostBlocks;

    /// <summary>Elements of scratch memory that all threads need.</summary>
    public static long ScratchLength<T, TTile>(ConvolutionSize size, int threads)
        where T : unmanaged
        where TTile : struct, ITile => IsOnePart(size, threads)
        ? PartLength<T, TTile>(size, 1) + ((threads - 1L) * MemberLength<T, TTile>(size))
        : Math.Min(threads, Parts<TTile>(size, threads)) * (long)PartLength<T, TTile>(size, threads);

    /// <summary>Computes the convolution.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="threads">The threads that share the work.</param>
    /// <param name="images">The images.</param>
    /// <param name="weights">The transformed weights.</param>
    /// <param name="result">The result, channels last, without gaps, apart from the images.</param>
    /// <param name="epilogue">What comes then.</param>
    /// <param name="scratch">Memory of <see cref="ScratchLength"/> elements.</param>
    public static void Run<T, TTile>(
        ConvolutionSize size, int threads, Images<T> images, T* weights, T* result, Epilogue<T> epilogue, T* scratch)
        where T : unmanaged
        where TTile : struct, ITile
    {
        var work = new WinogradWork<T, TTile>(size, threads, images, weights, result, epilogue, scratch);
        if (!IsOnePart(size, threads))
        {
            ThreadTeam.Shared.Run(threads, Parts<TTile>(size, threads), work);
            return;
        }

        // Each step needs what all threads have made in the one before.
        foreach (var step in (ReadOnlySpan<WinogradStep>)[WinogradStep.Images, WinogradStep.Products, WinogradStep.Results])
        {
            ThreadTeam.Shared.Run(threads, threads, new WinogradStepWork<T, TTile>(work, step));
        }
    }

    /// <summary>The outputs, filled up to whole tiles and whole vectors.</summary>
    public static int Width<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile
    {
        var unit = Math.Max(TTile.Columns<T>(), Vector512<T>.Count);
        return (size.Outputs + unit - 1) / unit * unit;
    }

    /// <summary>The channels, filled up to whole vectors.</summary>
    public static int PaddedChannels<T>(ConvolutionSize size)
        where T : unmanaged => (size.Channels + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;

    /// <summary>The blocks of all images.</summary>
    public static int Blocks(ConvolutionSize size) =>
        size.Images * WinogradTransforms.BlocksOfImage(size).Across * WinogradTransforms.BlocksOfImage(size).Down;

    /// <summary>The blocks of a part, whole tiles.</summary>
    public static int PartSize<TTile>(ConvolutionSize size, int threads)
        where TTile : struct, ITile
    {
        // As many parts for each thread.
        var rounds = (Blocks(size) + (threads * MostBlocks) - 1) / (threads * MostBlocks);
        var share = (Blocks(size) + (rounds * threads) - 1) / (rounds * threads);
        return (share + TTile.Rows - 1) / TTile.Rows * TTile.Rows;
    }

    /// <summary>Elements of scratch memory of a part: blocks as they are multiplied, products, and what a member has.</summary>
    public static int PartLength<T, TTile>(ConvolutionSize size, int threads)
        where T : unmanaged
        where TTile : struct, ITile =>
        checked((Elements * PartSize<TTile>(size, threads) * (PaddedChannels<T>(size) + Width<T, TTile>(size)))
            + MemberLength<T, TTile>(size));

    /// <summary>Elements of scratch memory that a thread has for itself: zeros, and the pixels of a block.</summary>
    public static int MemberLength<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile => checked(PaddedChannels<T>(size) + (2 * Width<T, TTile>(size)));
}
