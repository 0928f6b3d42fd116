using System.Security.Cryptography;
using Samples.Shared;

namespace ResNet;

/// <summary>What is learned and what is held out.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Train">The images to learn.</param>
/// <param name="Test">The images to judge by.</param>
/// <param name="Normalisation">Mean and deviation of each colour, of values from 0 to 1: three means, then three deviations.</param>
internal sealed record Dataset(string Name, ImageSet Train, ImageSet Test, float[] Normalisation)
{
    private static readonly float[] s_cifar10 = [0.4914f, 0.4822f, 0.4465f, 0.2023f, 0.1994f, 0.2010f];
    private static readonly float[] s_cifar100 = [0.5071f, 0.4867f, 0.4408f, 0.2675f, 0.2565f, 0.2761f];

    /// <summary>Reads CIFAR's files, or renders shapes.</summary>
    /// <param name="folder">The folder, or null.</param>
    /// <param name="settings">The seed of the shapes, and how many images to take.</param>
    /// <exception cref="IOException">A file is missing or damaged.</exception>
    public static Dataset Load(string? folder, TrainSettings settings)
    {
        var whole = folder is null ? Rendered(settings) : Cifar(folder);
        var result = whole with { Train = whole.Train.Take(settings.Train), Test = whole.Test.Take(settings.Test) };
        return result.Train.Count >= settings.Batch
            ? result
            : throw new InputException($"--batch {settings.Batch} is more than the {result.Train.Count} training images");
    }

    /// <summary>A hash of all images and classes.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in (ImageSet[])[Train, Test])
        {
            hash.AppendData(set.Pixels);
            hash.AppendData(set.Labels);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static Dataset Rendered(TrainSettings settings)
    {
        ImageSet Render(int count, int split) =>
            CifarFormat.Parse("rendered shapes", RenderedShapes.Render(count, settings.Seed, split), RenderedShapes.Classes);
        var train = Render(settings.Train, 0);
        return new("rendered shapes", train, Render(settings.Test, 1), train.Statistics());
    }

    private static Dataset Cifar(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new InputException($"--data must name a folder, and '{folder}' is not one");
        }

        foreach (var place in (string[])[folder, Path.Combine(folder, "cifar-10-batches-bin"), Path.Combine(folder, "cifar-100-binary")])
        {
            if (File.Exists(Path.Combine(place, "data_batch_1.bin")))
            {
                return new(
                    "CIFAR-10", Read(place, 10, [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")]),
                    Read(place, 10, "test_batch.bin"), s_cifar10);
            }

            if (File.Exists(Path.Combine(place, "train.bin")))
            {
                return new("CIFAR-100", Read(place, 100, "train.bin"), Read(place, 100, "test.bin"), s_cifar100);
            }
        }

        throw new InputException($"{folder}: holds neither data_batch_1.bin of CIFAR-10 nor train.bin of CIFAR-100, the binary versions");
    }

    private static ImageSet Read(string folder, int classes, params string[] files)
    {
        var parts = files.Select(
            file => CifarFormat.Parse(Path.Combine(folder, file), File.ReadAllBytes(Path.Combine(folder, file)), classes)).ToArray();
        return new ImageSet([.. parts.SelectMany(part => part.Pixels)], [.. parts.SelectMany(part => part.Labels)], classes);
    }
}
