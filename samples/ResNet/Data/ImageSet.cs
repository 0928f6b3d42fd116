namespace ResNet;

/// <summary>Images of 32×32 in three colours, and their classes.</summary>
/// <param name="Pixels">The images one after the other, each a red, a green and a blue plane.</param>
/// <param name="Labels">The classes.</param>
/// <param name="Classes">How many classes there are.</param>
internal sealed record ImageSet(byte[] Pixels, byte[] Labels, int Classes)
{
    /// <summary>The side of an image.</summary>
    public const int Side = 32;

    /// <summary>The size of a plane.</summary>
    public const int Plane = Side * Side;

    /// <summary>The size of an image.</summary>
    public const int Size = 3 * Plane;

    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>An image: a red, a green and a blue plane.</summary>
    public ReadOnlySpan<byte> Image(int number) => Pixels.AsSpan(number * Size, Size);

    /// <summary>The first images.</summary>
    public ImageSet Take(int count) => count >= Count ? this : new(Pixels[..(count * Size)], Labels[..count], Classes);

    /// <summary>Mean and deviation of each colour, of values from 0 to 1: three means, then three deviations.</summary>
    public float[] Statistics()
    {
        var result = new float[6];
        for (var colour = 0; colour < 3; colour++)
        {
            long sum = 0, squares = 0;
            for (var image = 0; image < Count; image++)
            {
                foreach (var value in Pixels.AsSpan((image * Size) + (colour * Plane), Plane))
                {
                    sum += value;
                    squares += value * value;
                }
            }

            var count = (double)Count * Plane;
            var mean = sum / count;
            result[colour] = (float)(mean / 255);
            result[3 + colour] = (float)(Math.Sqrt(Math.Max((squares / count) - (mean * mean), 1)) / 255);
        }

        return result;
    }
}
