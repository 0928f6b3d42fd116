using System.Buffers.Binary;
using System.IO.Compression;

namespace Quickstart.Tests;

/// <summary>A temporary folder with small, valid MNIST files, which tests then damage.</summary>
internal sealed class MnistFixture : IDisposable
{
    public const int TrainCount = 4;
    public const int TestCount = 3;
    public const string TrainImages = "train-images-idx3-ubyte";
    public const string TrainLabels = "train-labels-idx1-ubyte";
    public const string TestImages = "t10k-images-idx3-ubyte";
    public const string TestLabels = "t10k-labels-idx1-ubyte";
    public static readonly string[] Names = [TrainImages, TrainLabels, TestImages, TestLabels];

    private readonly Dictionary<string, byte[]> _contents = new()
    {
        [TrainImages] = Images(TrainCount, 1),
        [TrainLabels] = Labels(3, 0, 9, 5),
        [TestImages] = Images(TestCount, 2),
        [TestLabels] = Labels(8, 1, 7),
    };

    private MnistFixture(Func<string, string> rename)
    {
        foreach ((string name, byte[] content) in _contents)
        {
            string file = rename(name);
            Write(file, file.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(content) : content);
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("mnist").FullName;

    public static MnistFixture Plain() => new(name => name);

    public static MnistFixture Gzipped() => new(name => name + ".gz");

    public static MnistFixture Named(Func<string, string> rename) => new(rename);

    public static byte[] Images(int count, int seed)
    {
        var pixels = new byte[count * 28 * 28];
        new Random(seed).NextBytes(pixels);
        return [.. Header(0x803, count, 28, 28), .. pixels];
    }

    public static byte[] Labels(params byte[] labels) => [.. Header(0x801, labels.Length), .. labels];

    public static byte[] Header(params int[] words)
    {
        var bytes = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4 * i), words[i]);
        }

        return bytes;
    }

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    /// <summary>The valid, unpacked bytes of a file.</summary>
    public byte[] Content(string name) => _contents[name];

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Write(string name, byte[] content) => File.WriteAllBytes(PathOf(name), content);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
