namespace Brachy.Compilation;

/// <summary>A convolution as products of tiles.</summary>
internal readonly unsafe struct ImageProductWork<T, TTile, TEpilogue>(
    ConvolutionSize size, bool joinsColumns, Images<T> images, nint weights, nint result, bool adds, TEpilogue epilogue, nint scratch)
    : ITeamWork
    where T : unmanaged
    where TTile : struct, ITile
    where TEpilogue : unmanaged, IEpilogue<T>
{
    public void Run(int part, int member) => ImageProduct.Run<T, TTile, TEpilogue>(
        size, joinsColumns, images, (T*)weights, (T*)result, adds, epilogue,
        (T*)scratch + (member * (nint)ImageProduct.ScratchLength<T, TTile>(size, joinsColumns)), part);
}

/// <summary>A convolution of each channel alone.</summary>
internal readonly unsafe struct DepthwiseWork<T>(ConvolutionSize size, Images<T> images, nint weights, nint result, Epilogue<T> epilogue)
    : ITeamWork
    where T : unmanaged
{
    public void Run(int part, int member) =>
        DepthwiseProduct.Run(size, images, (T*)weights, (T*)result, epilogue, part);
}
