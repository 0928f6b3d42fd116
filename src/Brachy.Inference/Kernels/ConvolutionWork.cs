namespace Brachy.Compilation;

/// <summary>A convolution as products of tiles.</summary>
internal readonly unsafe struct ImageProductWork<T, TTile>(
    ConvolutionSize size, bool joinsColumns, Images<T> images, nint weights, nint result, bool adds, Epilogue<T> epilogue, nint scratch)
    : ITeamWork
    where T : unmanaged
    where TTile : struct, ITile
{
    public void Run(int part, int member) => ImageProduct.Run<T, TTile>(
        size, joinsColumns, images, (T*)weights, (T*)result, adds, epilogue,
        (T*)scratch + (member * (nint)ImageProduct.ScratchLength<T, TTile>(size, joinsColumns)), part);
}

/// <summary>A convolution by Winograd's method.</summary>
internal readonly unsafe struct WinogradWork<T, TTile>(
    ConvolutionSize size, int threads, Images<T> images, nint weights, nint result, Epilogue<T> epilogue, nint scratch) : ITeamWork
    where T : unmanaged
    where TTile : struct, ITile
{
    public void Run(int part, int member) => WinogradProduct.Run<T, TTile>(
        size, threads, images, (T*)weights, (T*)result, epilogue,
        (T*)scratch + (member * (nint)WinogradProduct.ScratchLength<T, TTile>(size, threads)), part);
}

/// <summary>A convolution of each channel alone.</summary>
internal readonly unsafe struct DepthwiseWork<T>(ConvolutionSize size, Images<T> images, nint weights, nint result, Epilogue<T> epilogue)
    : ITeamWork
    where T : unmanaged
{
    public void Run(int part, int member) =>
        DepthwiseProduct.Run(size, images, (T*)weights, (T*)result, epilogue, part);
}
