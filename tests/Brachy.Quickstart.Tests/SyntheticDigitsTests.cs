using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Quickstart.Data;

namespace Quickstart.Tests;

public class SyntheticDigitsTests
{
    [Fact]
    public void TheSameSeedGivesTheSameBits()
    {
        DigitSet first = SyntheticDigits.Render(200, 7, DigitSplit.Train);
        DigitSet second = SyntheticDigits.Render(200, 7, DigitSplit.Train);

        Assert.Equal(first.Labels, second.Labels);
        Assert.Equal(Bytes(first), Bytes(second));
    }

    /// <summary>Rendering uses only arithmetic that IEEE 754 fixes, so this holds on every platform.</summary>
    [Fact]
    public void SeedZeroGivesKnownBits()
    {
        DigitSet set = SyntheticDigits.Render(100, 0, DigitSplit.Train);

        Assert.True(BitConverter.IsLittleEndian);
        Assert.Equal("80C3D9CBC6ADCAC7C7BB1AD0CD0ABC2A24C9B3345FC038807887EB7D662A12EB", Convert.ToHexString(SHA256.HashData(Bytes(set))));
    }

    [Fact]
    public void AShorterSetIsTheStartOfALongerOne()
    {
        DigitSet whole = SyntheticDigits.Render(57, 3, DigitSplit.Test);
        DigitSet start = SyntheticDigits.Render(23, 3, DigitSplit.Test);

        Assert.Equal(whole.Labels[..23], start.Labels);
        Assert.Equal(whole.Images[..(23 * DigitSet.Pixels)], start.Images);
    }

    [Fact]
    public void NoImageIsInTwoSets()
    {
        DigitSet[] sets =
        [
            SyntheticDigits.Render(300, 0, DigitSplit.Train),
            SyntheticDigits.Render(300, 0, DigitSplit.Test),
            SyntheticDigits.Render(300, 1, DigitSplit.Train),
            SyntheticDigits.Render(300, 1, DigitSplit.Test),
        ];
        IEnumerable<string> hashes = sets.SelectMany(set => Enumerable.Range(0, set.Count)
            .Select(i => Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(set.Image(i))))));

        Assert.Equal(1200, hashes.Distinct().Count());
        Assert.Equal(4, sets.Select(set => Convert.ToHexString(set.Labels)).Distinct().Count());
    }

    [Fact]
    public void DefaultSizesAndSplits()
    {
        DigitData data = DigitData.Load(null, null, 40, seed: 5);

        Assert.Equal(DigitData.DefaultTrainCount, data.Train.Count);
        Assert.Equal(SyntheticDigits.Render(40, 5, DigitSplit.Test).Images, data.Test.Images);
        Assert.Equal(SyntheticDigits.Render(40, 5, DigitSplit.Train).Images, data.Train.Images[..data.Test.Images.Length]);
    }

    [Fact]
    public void EveryRunOfTenHoldsEachDigitOnce()
    {
        byte[] labels = SyntheticDigits.Render(105, 2, DigitSplit.Train).Labels;

        Assert.Equal(105, labels.Length);
        Assert.All(labels.Chunk(10).Take(10), run => Assert.Equal("00010203040506070809", Convert.ToHexString([.. run.Order()])));
        Assert.Equal(5, labels[100..].Distinct().Count());
        Assert.True(labels.Chunk(10).Take(10).Select(Convert.ToHexString).Distinct().Count() > 5);
    }

    [Fact]
    public void PixelsAreInRangeAndEachImageHoldsADigit()
    {
        DigitSet set = SyntheticDigits.Render(1000, 4, DigitSplit.Train);

        Assert.All(set.Images, pixel => Assert.InRange(pixel, 0f, 1f));
        for (int i = 0; i < set.Count; i++)
        {
            Assert.InRange(Ink(set, i, 0, 27), 12, 250);
            Assert.True(Ink(set, i, 1, 26) > 0.7 * Ink(set, i, 0, 27), $"image {i} is cut off");
        }
    }

    [Fact]
    public void DigitsAreCentredAndTheirInkMatchesTheirShape()
    {
        float[][] means = MeanImages(SyntheticDigits.Render(2000, 0, DigitSplit.Train));
        float[] ink = [.. means.Select(mean => mean.Sum())];

        Assert.Equal(1, Array.IndexOf(ink, ink.Min()));
        Assert.Equal(8, Array.IndexOf(ink, ink.Max()));
        for (int d = 0; d < DigitSet.Classes; d++)
        {
            Assert.InRange(means[d].Select((pixel, p) => pixel * (p % DigitSet.Side)).Sum() / ink[d], 12, 15);
            Assert.InRange(means[d].Select((pixel, p) => pixel * (p / DigitSet.Side)).Sum() / ink[d], 11.5, 15.5);
        }
    }

    /// <summary>The mean images of one sample must tell the digits of another apart, or the labels are wrong.</summary>
    [Fact]
    public void LabelsMatchTheImages()
    {
        float[][] means = MeanImages(SyntheticDigits.Render(2000, 0, DigitSplit.Train));
        DigitSet test = SyntheticDigits.Render(500, 0, DigitSplit.Test);
        var right = new int[DigitSet.Classes];
        for (int i = 0; i < test.Count; i++)
        {
            ReadOnlySpan<float> image = test.Image(i);
            var distances = new float[DigitSet.Classes];
            for (int d = 0; d < DigitSet.Classes; d++)
            {
                distances[d] = Distance(image, means[d]);
            }

            right[test.Labels[i]] += Array.IndexOf(distances, distances.Min()) == test.Labels[i] ? 1 : 0;
        }

        Assert.All(right, count => Assert.InRange(count, 20, 50));
        Assert.InRange(right.Sum(), 300, 460);
    }

    private static double Ink(DigitSet set, int index, int first, int last)
    {
        double sum = 0;
        for (int y = first; y <= last; y++)
        {
            for (int x = first; x <= last; x++)
            {
                float pixel = set.Image(index)[(y * DigitSet.Side) + x];
                sum += pixel > 0.4f ? pixel : 0;
            }
        }

        return sum;
    }

    private static float[][] MeanImages(DigitSet set)
    {
        var means = new float[DigitSet.Classes][];
        for (int d = 0; d < means.Length; d++)
        {
            means[d] = new float[DigitSet.Pixels];
        }

        for (int i = 0; i < set.Count; i++)
        {
            for (int p = 0; p < DigitSet.Pixels; p++)
            {
                means[set.Labels[i]][p] += set.Image(i)[p] * DigitSet.Classes / set.Count;
            }
        }

        return means;
    }

    private static float Distance(ReadOnlySpan<float> a, float[] b)
    {
        float sum = 0;
        for (int p = 0; p < b.Length; p++)
        {
            sum += (a[p] - b[p]) * (a[p] - b[p]);
        }

        return sum;
    }

    private static byte[] Bytes(DigitSet set) => MemoryMarshal.AsBytes(set.Images.AsSpan()).ToArray();
}
