using Quickstart.Data;

namespace Quickstart.Tests;

[Trait("Category", "Quick")]
public class IdxFileTests
{
    public static TheoryData<byte[], string> BadFiles => new()
    {
        { [], "expected a header of 16 bytes, found 0" },
        { [0, 0, 8], "expected a header of 16 bytes, found 3" },
        { [.. MnistFixture.Header(0x801, 1, 28, 28), .. new byte[784]], "expected magic number 0x00000803, found 0x00000801" },
        { [.. MnistFixture.Header(0xD03, 1, 28, 28), .. new byte[784]], "expected magic number 0x00000803, found 0x00000D03" },
        { [.. MnistFixture.Header(0x803, 1, 27, 28), .. new byte[756]], "expected 28 in dimension 2 of the header, found 27" },
        { [.. MnistFixture.Header(0x803, 1, 28, 29), .. new byte[812]], "expected 28 in dimension 3 of the header, found 29" },
        { MnistFixture.Header(0x803, 0, 28, 28), "expected 1 to 300000 items, found 0" },
        { MnistFixture.Header(0x803, 300_001, 28, 28), "expected 1 to 300000 items, found 300001" },
        { MnistFixture.Header(0x803, -1, 28, 28), "expected 1 to 300000 items, found 4294967295" },
        { [.. MnistFixture.Header(0x803, 2, 28, 28), .. new byte[1567]], "expected 1568 bytes after the header for 2 items, found 1567" },
        { [.. MnistFixture.Header(0x803, 2, 28, 28), .. new byte[1569]], "expected 1568 bytes after the header for 2 items, found more" },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void NamesTheFileWhatWasExpectedAndWhatWasFound(byte[] content, string message)
    {
        using var files = MnistFixture.Plain();
        files.Write("plain", content);
        files.Write("packed", MnistFixture.Gzip(content));

        Assert.Equal($"{files.PathOf("plain")}: {message}", Failure(files.PathOf("plain")));
        if (content.Length > 0)
        {
            Assert.Equal($"{files.PathOf("packed")}: {message}", Failure(files.PathOf("packed")));
        }
    }

    [Fact]
    public void DamagedGzipIsNamed()
    {
        using var files = MnistFixture.Gzipped();
        string path = files.PathOf(MnistFixture.TrainImages + ".gz");
        byte[] packed = File.ReadAllBytes(path);
        packed[^5] ^= 1; // the checksum
        File.WriteAllBytes(path, packed);

        Assert.Equal($"{path}: expected gzip data, found a damaged gzip stream", Failure(path));
    }

    [Fact]
    public void BytesAfterTheGzipTrailerAreNamed()
    {
        using var files = MnistFixture.Plain();
        files.Write("packed", [.. MnistFixture.Gzip(files.Content(MnistFixture.TrainImages)), 1, 0, 0, 0]);

        Assert.Equal($"{files.PathOf("packed")}: expected a gzip trailer for 3152 bytes, found 1", Failure(files.PathOf("packed")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ALyingHeaderAllocatesLittle(bool gzip)
    {
        using var files = MnistFixture.Plain();
        byte[] lie = [.. MnistFixture.Header(0x803, IdxFile.MaxItems, 28, 28), .. new byte[784]];
        files.Write("lie", gzip ? MnistFixture.Gzip(lie) : lie);

        Assert.InRange(AllocatedByFailure(files.PathOf("lie")), 0, 4 << 20);
    }

    [Fact]
    public void AGzipBombAllocatesLittle()
    {
        using var files = MnistFixture.Plain();
        files.Write("bomb", MnistFixture.Gzip([.. MnistFixture.Header(0x803, 1, 28, 28), .. new byte[64 << 20]]));

        Assert.InRange(AllocatedByFailure(files.PathOf("bomb")), 0, 4 << 20);
    }

    [Fact]
    public void ReadsDataLargerThanTheFirstBuffer()
    {
        using var files = MnistFixture.Plain();
        byte[] content = MnistFixture.Images(3000, seed: 5);
        files.Write("plain", content);
        files.Write("packed", MnistFixture.Gzip(content));

        Assert.Equal(content[16..], IdxFile.Read(files.PathOf("plain"), 28, 28));
        Assert.Equal(content[16..], IdxFile.Read(files.PathOf("packed"), 28, 28));
    }

    private static long AllocatedByFailure(string path)
    {
        Failure(path); // once before, so that what the runtime itself allocates is not counted
        long before = GC.GetAllocatedBytesForCurrentThread();
        Failure(path);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Failure(string path) =>
        Assert.Throws<DataFormatException>(() => IdxFile.Read(path, 28, 28)).Message;
}
