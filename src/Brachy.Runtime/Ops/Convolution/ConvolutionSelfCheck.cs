using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy;

/// <summary>
/// Whether libtorch convolves right on this machine, by a few convolutions whose values are known. Takes about a tenth of a second, most of
/// it the first use of TorchScript.
/// </summary>
internal static class ConvolutionSelfCheck
{
    /// <summary>Each was seen to come out wrong where oneDNN took the level-1 cache to have one byte.</summary>
    public static IReadOnlyList<KnownConvolution> All { get; } =
    [
        new(ConvolutionPart.GradientByInput, 32, 8, 1, 4, 3, Padding: 1) { Digest = 0x4AD0515F },
        new(ConvolutionPart.GradientByInput, 32, 8, 4, 4, 3, Padding: 1) { Digest = 0x08AA671D },
        new(ConvolutionPart.GradientByInput, 32, 8, 20, 4, 3, Padding: 1) { Digest = 0xD4130796 },
        new(ConvolutionPart.GradientByInput, 4, 24, 40, 5, 3, Padding: 1) { ChannelsLast = true, Digest = 0x9A3FA337 },
        new(ConvolutionPart.GradientByWeight, 4, 24, 40, 5, 3, Padding: 1) { Digest = 0xFFAB9191 },
        new(ConvolutionPart.Result, 8, 17, 36, 9, 1, Stride: 2) { ChannelsLast = true, Digest = 0x39429372 },
        new(ConvolutionPart.Result, 4, 16, 72, 7, 1) { ChannelsLast = true, Digest = 0xD7F3A6D6 },
        new(ConvolutionPart.Result, 8, 21, 40, 9, 2, Stride: 2, Padding: 1) { Digest = 0x3F076788 },
        new(ConvolutionPart.Result, 8, 13, 1, 5, 3, Stride: 2, Padding: 1) { Transposed = true, Digest = 0xD37C1E00 },
        new(ConvolutionPart.GradientByInput, 2, 4, 24, 8, 4, Stride: 2, Padding: 1) { Transposed = true, Digest = 0x1BA4136A },
        new(ConvolutionPart.Result, 4, 8, 24, 6, 3, Padding: 1) { DType = DType.BFloat16, Digest = 0xA776D70B },
    ];

    /// <summary>
    /// Whether oneDNN's kernels may be used in this process; to be asked before each convolution. Loads libtorch, and checks it once.
    /// </summary>
    /// <exception cref="NativeOpException">Convolutions are wrong on this machine, with oneDNN and without.</exception>
    public static bool AllowsOneDnn()
    {
        NativeRuntime.EnsureLoaded();
        return OneDnn.OfProcess.IsUsable(FindFault);
    }

    /// <summary>What is wrong with a convolution of libtorch, in words, or null.</summary>
    public static string? FindFault() => FindFault(convolution => convolution.Compute());

    /// <inheritdoc cref="FindFault()"/>
    /// <param name="compute">Computes one.</param>
    public static string? FindFault(Func<KnownConvolution, float[]> compute)
    {
        foreach (var convolution in All)
        {
            float[] values;
            try
            {
                values = compute(convolution);
            }
            catch (Exception failure) when (failure is ExternalException or NativeOpException)
            {
                return $"{convolution} failed: {failure.Message.Split('\n')[0]}";
            }

            if (KnownConvolution.DigestOf(values) == convolution.Digest)
            {
                continue;
            }

            var expected = convolution.Expected();
            if (values.Length != expected.Length)
            {
                return $"{convolution} has {values.Length} elements instead of {expected.Length}";
            }

            for (var i = 0; i < expected.Length; i++)
            {
                if (values[i] != expected[i])
                {
                    return FormattableString.Invariant($"element {i} of a {convolution} is {values[i]} instead of {expected[i]}");
                }
            }
        }

        return null;
    }
}
