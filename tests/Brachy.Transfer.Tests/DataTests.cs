using Brachy.Tests.Shared;
using Samples.Shared;
using SkiaSharp;

namespace Transfer.Tests;

[Trait("Category", "Quick")]
public sealed class DataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_square_in_the_middle_of_a_file_is_taken()
    {
        var file = ImageFiles.Halves(_folder, "wide.png", 60, 30, SKColors.Red, SKColors.Blue);
        var planes = new byte[3 * 8 * 8];
        new ImageFile(file, 0).Read(8, planes);
        for (var y = 0; y < 8; y++)
        {
            Assert.Equal((255, 0, 0), (planes[y * 8], planes[64 + (y * 8)], planes[128 + (y * 8)]));
            Assert.Equal((0, 0, 255), (planes[(y * 8) + 7], planes[64 + (y * 8) + 7], planes[128 + (y * 8) + 7]));
        }

        var mirrored = planes.ToArray();
        PixelPlanes.Mirror(8, mirrored);
        Assert.Equal(0, mirrored[0]);
        Assert.Equal(255, mirrored[7]);
        PixelPlanes.Mirror(8, mirrored);
        Assert.Equal(planes, mirrored);
    }

    [Fact]
    public void A_square_lies_in_eight_ways()
    {
        // As those of orientations of photographs below, of which each is one.
        byte[] square = [1, 2, 3, 4, 11, 12, 13, 14, 21, 22, 23, 24];
        var ways = Enumerable.Range(0, 8).Select(way =>
        {
            var planes = square.ToArray();
            ImageBatches.Lay(2, planes, way);
            Assert.Equal(planes[..4].Select(p => (byte)(p + 10)), planes[4..8]);
            Assert.Equal(planes[..4].Select(p => (byte)(p + 20)), planes[8..]);
            return string.Join(" ", planes[..4]);
        }).ToArray();
        Assert.Equal(["1 2 3 4", "2 1 4 3", "4 3 2 1", "3 4 1 2", "1 3 2 4", "2 4 1 3", "4 2 3 1", "3 1 4 2"], ways);
    }

    [Theory]
    [InlineData(1, "1 2 3 4")]
    [InlineData(2, "2 1 4 3")]
    [InlineData(3, "4 3 2 1")]
    [InlineData(4, "3 4 1 2")]
    [InlineData(5, "1 3 2 4")]
    [InlineData(6, "3 1 4 2")]
    [InlineData(7, "4 2 3 1")]
    [InlineData(8, "2 4 1 3")]
    public void Photographs_are_turned_as_their_camera_was_held(int orientation, string expected)
    {
        // Four fields of 60, 120, 180 and 240, in the order in which they are read.
        using var bitmap = new SKBitmap(32, 32);
        for (var i = 0; i < 32 * 32; i++)
        {
            var shade = (byte)(60 * (1 + (i % 32 / 16) + (2 * (i / 512))));
            bitmap.SetPixel(i % 32, i / 32, new(shade, shade, shade));
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        var jpeg = data.ToArray();

        // An Exif segment that says nothing but the orientation stands behind the first two bytes.
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0,
        ];
        var file = _folder.Write("photo.jpg", [.. jpeg[..2], .. exif, .. jpeg[2..]]);
        var planes = new byte[3 * 16 * 16];
        new ImageFile(file, 0).Read(16, planes);
        var fields = new[] { (3, 3), (12, 3), (3, 12), (12, 12) }.Select(p => Math.Round(planes[(p.Item2 * 16) + p.Item1] / 60.0));
        Assert.Equal(expected, string.Join(" ", fields));
    }

    [Fact]
    public void A_folder_of_folders_is_a_set_of_which_a_quarter_is_held_out()
    {
        ImageFiles.TwoClasses(_folder, 6);
        _folder.Write("plain/notes.txt", "no image");
        var set = ImageFolder.Find(_folder.Path);
        Assert.Equal(["plain", "split"], set.Classes);
        Assert.Equal((8, 4), (set.Train.Count, set.HeldOut.Count));
        Assert.Empty(set.Train.Select(i => i.Name).Intersect(set.HeldOut.Select(i => i.Name)));
        Assert.Equal([0, 0, 1, 1], set.HeldOut.Select(i => i.Label));
        Assert.False(set.AnyWayUp);
    }

    [Fact]
    public void What_is_wrong_with_a_folder_is_said_with_its_path()
    {
        AssertNames("missing", () => ImageFolder.Find(_folder["missing"]));
        AssertNames(_folder.Path, () => ImageFolder.Find(_folder.Path));
        ImageFiles.TwoClasses(_folder, 3);
        Directory.CreateDirectory(_folder["empty"]);
        AssertNames(_folder["empty"], () => ImageFolder.Find(_folder.Path));
    }

    [Fact]
    public void Broken_images_are_refused_with_their_path()
    {
        var bytes = File.ReadAllBytes(ImageFiles.Halves(_folder, "whole.png", 64, 64, SKColors.Red, SKColors.Blue));
        foreach (var content in new[] { [], "<html>"u8.ToArray(), bytes[..(bytes.Length / 2)] })
        {
            AssertNames("broken.png", () => new ImageFile(_folder.Write("broken.png", content), 0).Read(8, new byte[192]));
        }
    }

    [Fact]
    public void Drawn_images_are_the_same_each_time_and_differ_from_each_other()
    {
        var set = DrawnImage.Set(12, 6, seed: 3);
        Assert.Equal((12, 6), (set.Train.Count, set.HeldOut.Count));
        Assert.Equal(6, set.HeldOut.Select(i => i.Label).Distinct().Count());
        var images = set.Train.Concat(set.HeldOut).Select(Pixels).ToArray();
        Assert.Equal(images, DrawnImage.Set(12, 6, seed: 3).Train.Concat(set.HeldOut).Select(Pixels));
        Assert.Equal(18, images.Select(Convert.ToHexString).Distinct().Count());
        Assert.NotEqual(images[0], Pixels(DrawnImage.Set(12, 6, seed: 4).Train[0]));

        static byte[] Pixels(LabelledImage image)
        {
            var planes = new byte[3 * 32 * 32];
            image.Read(32, planes);
            return planes;
        }
    }

    private static void AssertNames(string path, Action action) =>
        Assert.Contains(path, Assert.Throws<InputException>(action).Message, StringComparison.Ordinal);
}
