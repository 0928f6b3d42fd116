using Quickstart.Data;

namespace Quickstart.Tests;

public class MnistFolderTests
{
    public static TheoryData<string, string> Spellings => new()
    {
        { "-idx", "" },
        { "-idx", ".gz" },
        { ".idx", "" },
        { ".idx", ".gz" },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void ReadsEverySpelling(string infix, string suffix)
    {
        using var files = MnistFixture.Named(name => name.Replace("-idx", infix, StringComparison.Ordinal) + suffix);

        DigitData data = MnistFolder.Read(files.Folder, int.MaxValue, int.MaxValue);

        Assert.Equal([3, 0, 9, 5], data.Train.Labels);
        Assert.Equal([8, 1, 7], data.Test.Labels);
        Assert.Equal(Pixels(files, MnistFixture.TrainImages), data.Train.Images);
        Assert.Equal(Pixels(files, MnistFixture.TestImages), data.Test.Images);
    }

    [Fact]
    public void TakesTheFirstImagesOfALimitedSet()
    {
        using var files = MnistFixture.Plain();

        DigitData data = DigitData.Load(files.Folder, 2, 1, seed: 0);

        Assert.Equal([3, 0], data.Train.Labels);
        Assert.Equal(Pixels(files, MnistFixture.TrainImages)[..(2 * 784)], data.Train.Images);
        Assert.Equal(1, data.Test.Count);
        Assert.Equal(784, data.Test.Images.Length);
    }

    [Fact]
    public void UsesAllImagesUnlessLimited()
    {
        using var files = MnistFixture.Plain();

        DigitData data = DigitData.Load(files.Folder, null, null, seed: 0);

        Assert.Equal((MnistFixture.TrainCount, MnistFixture.TestCount), (data.Train.Count, data.Test.Count));
    }

    [Theory]
    [InlineData(".gz", false)]
    [InlineData("", true)]
    public void TellsGzipByContentNotByName(string suffix, bool gzip)
    {
        using var files = MnistFixture.Plain();
        byte[] content = files.Content(MnistFixture.TrainImages);
        File.Delete(files.PathOf(MnistFixture.TrainImages));
        files.Write(MnistFixture.TrainImages + suffix, gzip ? MnistFixture.Gzip(content) : content);

        DigitData data = MnistFolder.Read(files.Folder, int.MaxValue, int.MaxValue);

        Assert.Equal(Pixels(files, MnistFixture.TrainImages), data.Train.Images);
    }

    [Theory]
    [InlineData("train-images", "idx3-ubyte")]
    [InlineData("train-labels", "idx1-ubyte")]
    [InlineData("t10k-images", "idx3-ubyte")]
    [InlineData("t10k-labels", "idx1-ubyte")]
    public void MissingFileNamesTheFolderAndAllNamesTried(string stem, string type)
    {
        using var files = MnistFixture.Plain();
        File.Delete(files.PathOf($"{stem}-{type}"));

        string message = Failure(files);

        Assert.Equal(
            $"{files.Folder}: expected one of {stem}-{type}, {stem}-{type}.gz, {stem}.{type}, {stem}.{type}.gz, found none", message);
    }

    [Fact]
    public void MissingFolderIsNamed()
    {
        string folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString());

        var failure = Assert.Throws<DataFormatException>(() => MnistFolder.Read(folder, 1, 1));

        Assert.Equal($"{folder}: expected a folder of MNIST files, found no such folder", failure.Message);
    }

    [Theory]
    [InlineData(MnistFixture.TrainLabels, MnistFixture.TrainImages, MnistFixture.TrainCount)]
    [InlineData(MnistFixture.TestLabels, MnistFixture.TestImages, MnistFixture.TestCount)]
    public void CountsOfImagesAndLabelsMustAgree(string labels, string images, int count)
    {
        using var files = MnistFixture.Plain();
        files.Write(labels, MnistFixture.Labels(1, 2));

        Assert.Equal($"{files.PathOf(labels)}: expected {count} labels, one for each image of {images}, found 2", Failure(files));
    }

    [Fact]
    public void LabelsMustBeDigits()
    {
        using var files = MnistFixture.Plain();
        files.Write(MnistFixture.TestLabels, MnistFixture.Labels(8, 10, 7));

        Assert.Equal($"{files.PathOf(MnistFixture.TestLabels)}: expected labels 0 to 9, found 10 at index 1", Failure(files));
    }

    private static float[] Pixels(MnistFixture files, string name) =>
        [.. files.Content(name).Skip(16).Select(value => value / 255f)];

    private static string Failure(MnistFixture files) =>
        Assert.Throws<DataFormatException>(() => MnistFolder.Read(files.Folder, int.MaxValue, int.MaxValue)).Message;
}
