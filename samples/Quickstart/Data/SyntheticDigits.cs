using System.Numerics;

namespace Quickstart.Data;

/// <summary>
/// Renders digits in place of a download. Only + − × ÷ and square root, which IEEE 754 fixes, touch the pixels,
/// so a seed gives the same bits on every platform.
/// </summary>
internal static class SyntheticDigits
{
    public static DigitSet Render(int count, int seed, DigitSplit split)
    {
        SplitMix64 stream = new SplitMix64((ulong)seed).Fork((int)split);
        byte[] labels = BalancedLabels(count, stream.Fork(-1));
        var images = new float[checked(count * DigitSet.Pixels)];
        for (int i = 0; i < count; i++)
        {
            SplitMix64 random = stream.Fork(i);
            RenderOne(labels[i], images.AsSpan(i * DigitSet.Pixels, DigitSet.Pixels), ref random);
        }

        return new(images, labels);
    }

    private static byte[] BalancedLabels(int count, SplitMix64 random)
    {
        var labels = new byte[count];
        Span<byte> deck = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
        for (int start = 0; start < count; start += deck.Length)
        {
            for (int i = deck.Length - 1; i > 0; i--)
            {
                int j = random.Below(i + 1);
                (deck[i], deck[j]) = (deck[j], deck[i]);
            }

            deck[..Math.Min(deck.Length, count - start)].CopyTo(labels.AsSpan(start));
        }

        return labels;
    }

    private static void RenderOne(int digit, Span<float> pixels, ref SplitMix64 random)
    {
        ReadOnlySpan<Stroke[]> shapes = Glyphs.Of(digit);
        Stroke[] shape = shapes[random.Below(shapes.Length)];
        var distortion = new Distortion(ref random);
        var canvas = new DigitCanvas(pixels, width: random.Uniform(1.4f, 3.4f));
        foreach (Stroke stroke in shape)
        {
            Vector2 from = distortion.Apply(stroke.Points[0]);
            foreach (Vector2 point in stroke.Points.AsSpan(1))
            {
                Vector2 to = distortion.Apply(point);
                canvas.Draw(from, to);
                from = to;
            }
        }

        canvas.Develop(ink: random.Uniform(0.65f, 1), noise: random.Uniform(0.02f, 0.18f), ref random);
    }
}
