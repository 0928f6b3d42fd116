namespace Quickstart.Data;

/// <summary>Labelled digit images: row-major pixels in [0, 1], image after image, and a label 0–9 for each.</summary>
internal sealed record DigitSet(float[] Images, byte[] Labels)
{
    public const int Side = 28;
    public const int Pixels = Side * Side;
    public const int Classes = 10;

    public int Count => Labels.Length;

    public ReadOnlySpan<float> Image(int index) => Images.AsSpan(index * Pixels, Pixels);
}
