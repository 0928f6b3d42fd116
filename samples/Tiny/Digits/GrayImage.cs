namespace Digits;

/// <summary>Images of 28×28 grey values from 0 to 1: white digits on black.</summary>
internal static class GrayImage
{
    private const int Size = 28;

    /// <summary>Reads a binary PGM (P5).</summary>
    /// <exception cref="IOException">It is none of this size.</exception>
    public static float[] Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var position = 0;
        if (Word() != "P5" || Word() != $"{Size}" || Word() != $"{Size}" || Word() != "255" || bytes.Length - position < Size * Size)
        {
            throw new IOException($"{path} is no image of {Size}×{Size} in the format P5 (PGM) with 255 levels.");
        }

        return [.. bytes.AsSpan(position, Size * Size).ToArray().Select(value => value / 255f)];

        string Word()
        {
            var start = position;
            while (position < bytes.Length && position - start < 8 && bytes[position] > ' ')
            {
                position++;
            }

            return System.Text.Encoding.ASCII.GetString(bytes, start, position++ - start);
        }
    }

    /// <summary>A seven: a bar, and a line that leads down from its end.</summary>
    public static float[] Seven()
    {
        var image = new float[Size * Size];
        for (var row = 6; row < 23; row++)
        {
            for (var column = 8; column < 21; column++)
            {
                var isBar = row < 9;
                var line = 19 - ((row - 9) * 8 / 14.0);
                image[(row * Size) + column] = isBar || Math.Abs(column - line) < 1.6 ? 1 : 0;
            }
        }

        return image;
    }

    /// <summary>Draws an image with characters.</summary>
    public static void Show(float[] image)
    {
        for (var row = 0; row < Size; row += 2)
        {
            Console.WriteLine(string.Concat(Enumerable.Range(0, Size).Select(column =>
                " .:-=+*#%@"[(int)(9 * Math.Clamp((image[(row * Size) + column] + image[((row + 1) * Size) + column]) / 2, 0, 1))])));
        }
    }
}
