namespace Brachy.Compilation;

/// <summary>Where the weights of a convolution lie, as the product sees them.</summary>
/// <param name="Start">The first element.</param>
/// <param name="Output">From one output to the next.</param>
/// <param name="Channel">From one channel to the next.</param>
/// <param name="Tap">From one element of a kernel to the next.</param>
internal readonly record struct KernelOrder(int Start, int Output, int Channel, int Tap)
{
    /// <summary>Weights [out, in / groups, height, width].</summary>
    public static KernelOrder Of(ConvolutionSize size) => new(0, size.GroupChannels * size.Taps, size.Taps, 1);

    /// <summary>
    /// The same weights for the gradient by the input, which is the convolution of that of the result with each kernel turned around, and
    /// outputs and channels in each other's place. There is one group.
    /// </summary>
    /// <param name="size">The sizes of that convolution.</param>
    public static KernelOrder Turned(ConvolutionSize size) => new(size.Taps - 1, size.Taps, size.Outputs * size.Taps, -1);
}
