using Samples.Shared;

namespace ResNet;

/// <summary>
/// The binary files of CIFAR-10 and CIFAR-100: records of a label (in CIFAR-100 a coarse and then a fine one) and an image, its red plane
/// first.
/// </summary>
internal static class CifarFormat
{
    /// <summary>Reads the records of a file.</summary>
    /// <param name="name">The file's name, for errors.</param>
    /// <param name="bytes">Its content.</param>
    /// <param name="classes">10, or 100 for records with two labels, of which the fine one counts.</param>
    /// <exception cref="InputException">The content is no whole number of records, or a label is out of range.</exception>
    public static ImageSet Parse(string name, ReadOnlySpan<byte> bytes, int classes)
    {
        var head = classes == 100 ? 2 : 1;
        var record = head + ImageSet.Size;
        if (bytes.Length == 0 || bytes.Length % record != 0)
        {
            throw new InputException(
                $"{name}: holds {bytes.Length} bytes, which is no whole number of records of {record} bytes; get the file again");
        }

        var count = bytes.Length / record;
        var (pixels, labels) = (new byte[count * ImageSet.Size], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            var label = bytes[(i * record) + head - 1];
            if (label >= classes)
            {
                throw new InputException($"{name}: image {i} has the label {label}, but there are {classes} classes; get the file again");
            }

            labels[i] = label;
            bytes.Slice((i * record) + head, ImageSet.Size).CopyTo(pixels.AsSpan(i * ImageSet.Size));
        }

        return new ImageSet(pixels, labels, classes);
    }
}
