using Quickstart.Data;

namespace Quickstart.Tests;

/// <summary>Random damage to one of the files gives one clear failure or correct data, and nothing else.</summary>
public class DamagedMnistTests
{
    private const int Rounds = 1500;

    [Fact]
    public void PlainFilesSurviveFlippedBits()
    {
        using var files = MnistFixture.Plain();
        int read = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            string name = MnistFixture.Names[seed % 4];
            byte[] damaged = [.. files.Content(name)];
            int header = name.EndsWith("idx3-ubyte", StringComparison.Ordinal) ? 16 : 8;
            int at = random.Next(2) == 0 ? random.Next(header) : random.Next(damaged.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            files.Write(name, damaged);

            DigitData? data = ReadOrFail(files, name);

            bool valid = at >= header && (header == 16 || damaged[at] <= 9);
            Assert.True(valid == (data is not null), $"seed {seed}: byte {at} of {name}");
            AssertHolds(data, files, name, damaged);
            read += data is null ? 0 : 1;
            files.Write(name, files.Content(name));
        }

        Assert.InRange(read, Rounds / 10, Rounds * 9 / 10);
    }

    [Fact]
    public void GzippedFilesSurviveFlippedBits()
    {
        using var files = MnistFixture.Gzipped();
        int failed = 0;
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            string name = MnistFixture.Names[seed % 4];
            byte[] damaged = MnistFixture.Gzip(files.Content(name));
            for (int flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            files.Write(name + ".gz", damaged);

            DigitData? data = ReadOrFail(files, name + ".gz");

            AssertHolds(data, files, name, files.Content(name));
            failed += data is null ? 1 : 0;
            files.Write(name + ".gz", MnistFixture.Gzip(files.Content(name)));
        }

        Assert.InRange(failed, Rounds / 2, Rounds);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EveryTruncationFails(bool gzip)
    {
        using var files = gzip ? MnistFixture.Gzipped() : MnistFixture.Plain();
        foreach (string name in MnistFixture.Names)
        {
            string file = gzip ? name + ".gz" : name;
            byte[] whole = File.ReadAllBytes(files.PathOf(file));
            for (int length = 0; length < whole.Length; length += length < 32 || length > whole.Length - 32 ? 1 : 13)
            {
                files.Write(file, whole[..length]);
                Assert.True(ReadOrFail(files, file) is null, $"{file} cut to {length} of {whole.Length} bytes was read");
            }

            files.Write(file, whole);
        }
    }

    /// <summary>Null where reading failed as it should: with one line that names the file.</summary>
    private static DigitData? ReadOrFail(MnistFixture files, string damagedName)
    {
        try
        {
            return MnistFolder.Read(files.Folder, int.MaxValue, int.MaxValue);
        }
        catch (Exception e) when (e is DataFormatException or IOException)
        {
            Assert.DoesNotContain('\n', e.Message);
            string set = damagedName[..damagedName.IndexOf('-', StringComparison.Ordinal)];
            Assert.StartsWith(Path.Combine(files.Folder, set), e.Message, StringComparison.Ordinal);
            return null;
        }
    }

    private static void AssertHolds(DigitData? data, MnistFixture files, string name, byte[] content)
    {
        if (data is null)
        {
            return;
        }

        byte[] Of(string file) => file == name ? content : files.Content(file);
        AssertHolds(data.Train, Of(MnistFixture.TrainImages), Of(MnistFixture.TrainLabels));
        AssertHolds(data.Test, Of(MnistFixture.TestImages), Of(MnistFixture.TestLabels));
    }

    private static void AssertHolds(DigitSet set, byte[] images, byte[] labels)
    {
        Assert.Equal(labels[8..], set.Labels);
        Assert.Equal(images.Length - 16, set.Images.Length);
        for (int i = 0; i < set.Images.Length; i++)
        {
            if (set.Images[i] != images[i + 16] / 255f)
            {
                Assert.Fail($"pixel {i}");
            }
        }
    }
}
