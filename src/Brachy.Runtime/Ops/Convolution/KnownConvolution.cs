using System.Numerics;
using TorchSharp;

namespace Brachy;

/// <summary>What is computed from the image, the weight and the result's gradient of a convolution.</summary>
internal enum ConvolutionPart
{
    Result,
    GradientByInput,
    GradientByWeight,
}

/// <summary>
/// A convolution of small whole numbers over two dims, which is exact in any order of summation and in any of the element types, so that
/// its values can be compared by equality with sums written out in C#.
/// </summary>
internal sealed record KnownConvolution(
    ConvolutionPart Part, int Images, int Inputs, int Outputs, int Size, int Kernel, int Stride = 1, int Padding = 0)
{
    /// <summary>Whether it is the transposed convolution, whose weight is [inputs, outputs, kernel, kernel].</summary>
    public bool Transposed { get; init; }

    public bool ChannelsLast { get; init; }

    public DType DType { get; init; } = DType.Float32;

    /// <summary>The <see cref="DigestOf"/> the right values, so that a check need not sum them up.</summary>
    public required uint Digest { get; init; }

    /// <summary>The width and height of the result.</summary>
    private int ResultSize => Transposed ? ((Size - 1) * Stride) - (2 * Padding) + Kernel : ((Size + (2 * Padding) - Kernel) / Stride) + 1;

    /// <summary>The side that windows are counted on, and the side that they are taken from.</summary>
    private (int Channels, int Size, int WindowedChannels, int WindowedSize) Sides =>
        Transposed ? (Inputs, Size, Outputs, ResultSize) : (Outputs, ResultSize, Inputs, Size);

    /// <summary>The values that libtorch computes, row by row.</summary>
    public float[] Compute()
    {
        using var scope = torch.NewDisposeScope();
        var image = Native(Image, Images, Inputs, Size);
        var weight = Native(Weight, Sides.Channels, Sides.WindowedChannels, Kernel);
        if (Part == ConvolutionPart.Result)
        {
            var result = Transposed
                ? torch.nn.functional.conv_transpose2d(image, weight, null, [Stride, Stride], [Padding, Padding])
                : torch.nn.functional.conv2d(image, weight, null, [Stride, Stride], [Padding, Padding]);
            return Values(result);
        }

        long[] mask = Part == ConvolutionPart.GradientByInput ? [1, 0, 0] : [0, 1, 0];
        var gradient = ConvolutionRules.NativeConvolutionBackward(2, mask).Invoke(
            [Native(Gradient, Images, Outputs, ResultSize), image, weight],
            [Stride, Stride, Padding, Padding, 1, 1, Transposed ? 1 : 0, 0, 0, 1]);
        return Values(gradient[0]);
    }

    /// <summary>The values by definition.</summary>
    public float[] Expected()
    {
        var (channels, size, windowedChannels, windowedSize) = Sides;

        // Windowed = the side with more pixels; counted = the side with one pixel for each window.
        var counted = Transposed ? Image(Images * Inputs * Size * Size) : Gradient(Images * Outputs * ResultSize * ResultSize);
        var windowed = Transposed ? Gradient(Images * Outputs * ResultSize * ResultSize) : Image(Images * Inputs * Size * Size);
        var weight = Weight(channels * windowedChannels * Kernel * Kernel);
        var givesCounted = (Part == ConvolutionPart.Result && !Transposed) || (Part == ConvolutionPart.GradientByInput && Transposed);
        var givesWeight = Part == ConvolutionPart.GradientByWeight;
        var sums = new float[givesWeight ? weight.Length : givesCounted ? counted.Length : windowed.Length];
        for (var n = 0; n < Images; n++)
        {
            for (var c = 0; c < channels; c++)
            {
                for (var y = 0; y < size; y++)
                {
                    for (var x = 0; x < size; x++)
                    {
                        var at = (((((n * channels) + c) * size) + y) * size) + x;
                        for (var w = 0; w < windowedChannels; w++)
                        {
                            for (var ky = 0; ky < Kernel; ky++)
                            {
                                var row = (y * Stride) - Padding + ky;
                                if ((uint)row >= (uint)windowedSize)
                                {
                                    continue;
                                }

                                for (var kx = 0; kx < Kernel; kx++)
                                {
                                    var column = (x * Stride) - Padding + kx;
                                    if ((uint)column >= (uint)windowedSize)
                                    {
                                        continue;
                                    }

                                    var pixel = (((((n * windowedChannels) + w) * windowedSize) + row) * windowedSize) + column;
                                    var tap = (((((c * windowedChannels) + w) * Kernel) + ky) * Kernel) + kx;
                                    if (givesWeight)
                                    {
                                        sums[tap] += counted[at] * windowed[pixel];
                                    }
                                    else if (givesCounted)
                                    {
                                        sums[at] += weight[tap] * windowed[pixel];
                                    }
                                    else
                                    {
                                        sums[pixel] += weight[tap] * counted[at];
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }

        return sums;
    }

    public override string ToString()
    {
        var part = Part switch
        {
            ConvolutionPart.Result => "result",
            ConvolutionPart.GradientByInput => "gradient by input",
            _ => "gradient by weight",
        };
        return $"{(Transposed ? "transposed " : "")}{Kernel}x{Kernel} convolution from {Inputs} to {Outputs} channels, "
            + $"stride {Stride}, {Images} images, {DType.Name()}{(ChannelsLast ? ", channels last" : "")}, {part}";
    }

    /// <summary>
    /// A number that other values are all but certain not to have (FNV-1a of their bits, rotated on the way, because only the upper ones of
    /// a small whole number are used).
    /// </summary>
    public static uint DigestOf(float[] values)
    {
        var digest = 2166136261;
        foreach (var value in values)
        {
            // Both zeros count as one.
            digest = unchecked(BitOperations.RotateLeft(digest ^ BitConverter.SingleToUInt32Bits(value + 0f), 13) * 16777619);
        }

        return digest;
    }

    private static float[] Image(int count) => Numbers(count, 7, 11);

    private static float[] Weight(int count) => Numbers(count, 5, 13);

    private static float[] Gradient(int count) => Numbers(count, 3, 17);

    /// <summary>-1, 0 and 1 in an order that no size of a tensor repeats.</summary>
    private static float[] Numbers(int count, int step, int period)
    {
        var numbers = new float[count];
        for (var i = 0; i < count; i++)
        {
            numbers[i] = (((i * step) + (i / period)) % 3) - 1;
        }

        return numbers;
    }

    private torch.Tensor Native(Func<int, float[]> numbers, int first, int second, int size)
    {
        var tensor = torch.tensor(numbers(first * second * size * size), [first, second, size, size], device: torch.CPU).to(
            DType.ToTorch());
        return ChannelsLast ? tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2) : tensor;
    }

    private static float[] Values(torch.Tensor result) => result.to(torch.ScalarType.Float32).contiguous().data<float>().ToArray();
}
