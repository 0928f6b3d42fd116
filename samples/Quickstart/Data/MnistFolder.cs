namespace Quickstart.Data;

/// <summary>Reads the four MNIST files of a folder.</summary>
internal static class MnistFolder
{
    /// <summary>Every file is checked whole, also where only its first images are used.</summary>
    public static DigitData Read(string folder, int maxTrain, int maxTest)
    {
        if (!Directory.Exists(folder))
        {
            throw new DataFormatException($"{folder}: expected a folder of MNIST files, found no such folder");
        }

        return new(ReadSet(folder, "train", maxTrain), ReadSet(folder, "t10k", maxTest));
    }

    private static DigitSet ReadSet(string folder, string prefix, int max)
    {
        string imagePath = Find(folder, $"{prefix}-images", "idx3-ubyte");
        string labelPath = Find(folder, $"{prefix}-labels", "idx1-ubyte");
        byte[] images = IdxFile.Read(imagePath, DigitSet.Side, DigitSet.Side);
        byte[] labels = IdxFile.Read(labelPath);
        if (labels.Length != images.Length / DigitSet.Pixels)
        {
            throw new DataFormatException(
                $"{labelPath}: expected {images.Length / DigitSet.Pixels} labels, one for each image of {Path.GetFileName(imagePath)}, "
                + $"found {labels.Length}");
        }

        int wrong = labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(DigitSet.Classes - 1));
        if (wrong >= 0)
        {
            throw new DataFormatException($"{labelPath}: expected labels 0 to 9, found {labels[wrong]} at index {wrong}");
        }

        int count = Math.Min(max, labels.Length);
        var pixels = new float[count * DigitSet.Pixels];
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = images[i] / 255f;
        }

        return new(pixels, labels[..count]);
    }

    private static string Find(string folder, string stem, string type)
    {
        string[] names = [$"{stem}-{type}", $"{stem}-{type}.gz", $"{stem}.{type}", $"{stem}.{type}.gz"];
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new DataFormatException($"{folder}: expected one of {string.Join(", ", names)}, found none");
    }
}
