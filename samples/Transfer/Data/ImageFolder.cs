using Samples.Shared;

namespace Transfer;

/// <summary>A folder with a folder of images for each class: <c>flowers/tulip/1.jpg</c>.</summary>
internal static class ImageFolder
{
    // One of four images is held out.
    private const int HeldOut = 4;

    private static readonly string[] s_endings = [".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif"];

    /// <summary>Finds the images of a folder; they are read when they are needed.</summary>
    /// <exception cref="InputException">There is no such folder, or not two classes with two images each.</exception>
    public static ImageSet Find(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException($"{folder}: is not a folder");
        }

        var classes = Directory.GetDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.'))
            .Order(StringComparer.Ordinal).ToArray();
        if (classes.Length < 2)
        {
            throw new InputException($"{folder}: holds {classes.Length} folders of images, where two classes or more are needed");
        }

        var (train, heldOut) = (new List<LabelledImage>(), new List<LabelledImage>());
        foreach (var (label, name) in classes.Index())
        {
            var files = Directory.GetFiles(Path.Combine(folder, name))
                .Where(file => s_endings.Contains(Path.GetExtension(file).ToLowerInvariant())).Order(StringComparer.Ordinal).ToArray();
            if (files.Length < 2)
            {
                throw new InputException(
                    $"{Path.Combine(folder, name)}: holds {files.Length} images ({string.Join(", ", s_endings)}), where one to learn "
                    + "from and one to hold out are needed");
            }

            // The last one is held out, and each fourth before it.
            foreach (var (i, file) in files.Index())
            {
                ((files.Length - 1 - i) % HeldOut == 0 ? heldOut : train).Add(new ImageFile(file, label));
            }
        }

        return new(folder, classes, train, heldOut);
    }
}
