using System.Numerics;
using Brachy.Tests.Shared;
using Samples.Shared;

namespace ResNet.Tests;

/// <summary>Files, rendered shapes, batches.</summary>
[Trait("Category", "Quick")]
public class DataTests
{
    private static readonly TrainSettings s_settings = new("resnet18", 4, 1, 8, 0.1, 0, "fp32", int.MaxValue, int.MaxValue);

    [Fact]
    public void ReadsCifar10()
    {
        using var folder = new TemporaryFolder();
        for (var i = 1; i <= 5; i++)
        {
            folder.Write($"data_batch_{i}.bin", Records(2, 1, (byte)i));
        }

        folder.Write("test_batch.bin", Records(3, 1, 9));
        var data = Dataset.Load(folder.Path, s_settings);
        Assert.Equal(("CIFAR-10", 10, 3, 10), (data.Name, data.Train.Count, data.Test.Count, data.Train.Classes));
        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4, 5, 5], data.Train.Labels);
        Assert.Equal([9, 9, 9], data.Test.Labels);
        Assert.Equal(Records(2, 1, 5)[1..3073], data.Train.Pixels[^6144..^3072]);
        Assert.Equal(2, (Dataset.Load(folder.Path, s_settings with { Test = 2 })).Test.Count);
    }

    [Fact]
    public void ReadsTheFineLabelsOfCifar100()
    {
        using var folder = new TemporaryFolder();
        folder.Write("train.bin", Records(8, 2, 99));
        folder.Write("test.bin", Records(1, 2, 42));
        var data = Dataset.Load(folder.Path, s_settings);
        Assert.Equal(("CIFAR-100", 8, 100), (data.Name, data.Train.Count, data.Train.Classes));
        Assert.All(data.Train.Labels, label => Assert.Equal(99, label));
        Assert.Equal([42], data.Test.Labels);
        Assert.Equal(Records(1, 2, 42)[2..], data.Test.Pixels);
    }

    [Theory]
    [InlineData(0, 10, 0, "no whole number")]
    [InlineData(3072, 10, 0, "no whole number")]
    [InlineData(6147, 10, 0, "no whole number")]
    [InlineData(6148, 100, 0, "")]
    [InlineData(6146, 10, 10, "image 1 has the label 10")]
    public void DamagedFilesAreRefused(int length, int classes, byte secondLabel, string expected)
    {
        var bytes = new byte[length];
        if (length > 3073)
        {
            bytes[3073] = secondLabel;
        }

        if (expected.Length == 0)
        {
            Assert.Equal(2, CifarFormat.Parse("x.bin", bytes, classes).Count);
            return;
        }

        var message = Assert.Throws<InputException>(() => CifarFormat.Parse("x.bin", bytes, classes)).Message;
        Assert.StartsWith("x.bin: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void RenderedShapesDependOnSeedAndSplitOnly()
    {
        var bytes = RenderedShapes.Render(20, 3, 0);
        Assert.Equal(bytes, RenderedShapes.Render(20, 3, 0));
        Assert.Equal(bytes[..(10 * 3073)], RenderedShapes.Render(10, 3, 0));
        Assert.NotEqual(bytes, RenderedShapes.Render(20, 4, 0));
        Assert.NotEqual(bytes, RenderedShapes.Render(20, 3, 1));
        var images = CifarFormat.Parse("shapes", bytes, 10);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)(i % 10)), images.Labels);
    }

    [Fact]
    public void ShapesDifferAndAreMirrorImagesOfThemselves()
    {
        var points = Enumerable.Range(0, 441).Select(i => new Vector2(((i % 21) - 10) / 10f, ((i / 21) - 10) / 10f)).ToArray();
        var masks = Enumerable.Range(0, 10).Select(shape => points.Select(p => RenderedShapes.IsInside(shape, p)).ToArray()).ToArray();
        for (var i = 0; i < 10; i++)
        {
            var shape = i;
            Assert.Equal(masks[i], points.Select(p => RenderedShapes.IsInside(shape, new(-p.X, p.Y))));
            for (var j = 0; j < i; j++)
            {
                Assert.True(masks[i].Zip(masks[j]).Count(pair => pair.First != pair.Second) > 30, $"{i} and {j}");
            }
        }
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(4, -3, false)]
    [InlineData(-2, 4, true)]
    [InlineData(0, 0, true)]
    public void CropsMoveAndMirror(int right, int down, bool isMirrored)
    {
        var (source, target) = (new byte[3072], new byte[3072]);
        new Random(1).NextBytes(source);
        ImageBatches.Move(source, target, right, down, isMirrored);
        for (var i = 0; i < 3072; i++)
        {
            var (plane, y, x) = (i / 1024, i / 32 % 32, i % 32);
            var (fromY, fromX) = (y - down, (isMirrored ? 31 - x : x) - right);
            var expected = fromY is < 0 or > 31 || fromX is < 0 or > 31 ? 0 : source[(plane * 1024) + (fromY * 32) + fromX];
            Assert.Equal(expected, target[i]);
        }
    }

    [Fact]
    public void AnEpochHasEachImageOnceInAnOrderOfItsOwn()
    {
        var images = CifarFormat.Parse("shapes", RenderedShapes.Render(24, 0, 0), 10);
        using var batches = ImageBatches.Training(images, 8, seed: 5);
        (byte[] Pixels, long[] Labels)[] Epoch(int epoch)
        {
            batches.Seek(epoch);
            return [.. batches.Epoch().Select(batch => (batch.Pixels.ToArray<byte>(), batch.Labels.ToArray<long>()))];
        }

        var (one, two, again) = (Epoch(1), Epoch(2), Epoch(1));
        Assert.Equal(3, batches.PerEpoch);
        Assert.Equal(images.Labels.Select(label => (long)label).Order(), one.SelectMany(batch => batch.Labels).Order());
        Assert.Equal(one.Select(batch => batch.Pixels), again.Select(batch => batch.Pixels));
        Assert.Equal(one.Select(batch => batch.Labels), again.Select(batch => batch.Labels));
        Assert.NotEqual(one.SelectMany(batch => batch.Labels), two.SelectMany(batch => batch.Labels));
        Assert.NotEqual(one.SelectMany(batch => batch.Pixels), two.SelectMany(batch => batch.Pixels));
        using var few = ImageBatches.Training(images.Take(21), 8, seed: 5);
        Assert.Equal(2, few.PerEpoch);
    }

    [Fact]
    public void TheLastBatchOfAnEvaluationIsFilledUp()
    {
        var images = CifarFormat.Parse("shapes", RenderedShapes.Render(21, 0, 0), 10);
        using var batches = ImageBatches.Plain(images, 8);
        Assert.Equal(3, batches.PerEpoch);
        var (pixels, labels) = batches.Epoch().Select(batch => (batch.Pixels.ToArray<byte>(), batch.Labels.ToArray<long>())).ToArray()[^1];
        Assert.Equal([6, 7, 8, 9, 0, -100, -100, -100], labels);
        Assert.Equal(images.Pixels[(16 * 3072)..], pixels[..(5 * 3072)]);
    }

    [Fact]
    public void StatisticsAreThoseOfTheColours()
    {
        var pixels = new byte[2 * 3072];
        pixels.AsSpan(1024, 1024).Fill(255);
        pixels.AsSpan(2048, 1024).Fill(51);
        pixels.AsSpan(5120, 1024).Fill(51);
        var statistics = new ImageSet(pixels, [0, 1], 10).Statistics();
        Assert.Equal([0, 0.5f, 0.2f, 1 / 255f, 0.5f, 1 / 255f], statistics);
    }

    /// <summary>Records whose last label is given, with counting pixels.</summary>
    private static byte[] Records(int count, int labels, byte label)
    {
        var bytes = new byte[count * (labels + 3072)];
        for (var i = 0; i < bytes.Length; i++)
        {
            var place = i % (labels + 3072);
            bytes[i] = place == labels - 1 ? label : (byte)(i * 7);
        }

        return bytes;
    }
}
