using System.Runtime.Versioning;
using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

public class LibraryCacheTests
{
    private static readonly byte[] s_original = [1, 2, 3];
    private static readonly byte[] s_edited = [4, 5, 6, 7];

    [Fact]
    public void KeepsACopyUnderTheHashOfTheOriginal()
    {
        using var folder = new TemporaryFolder();

        var path = new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so");

        // SHA-256 of 1, 2, 3.
        const string Key = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";
        Assert.Equal(Path.Combine(folder.Path, Key + "-v1", "lib.so"), path);
        Assert.Equal(s_edited, File.ReadAllBytes(path));
        Assert.NotEqual(path, new LibraryCache(folder.Path).Store([1, 2], s_edited, "lib.so"));
    }

    [LinuxX64Fact]
    [UnsupportedOSPlatform("windows")]
    public void OnlyTheOwnerCanEnterTheFolder()
    {
        using var folder = new TemporaryFolder();

        var path = new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so");

        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void LeavesAGoodCopyAlone()
    {
        using var folder = new TemporaryFolder();
        var path = new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so");
        var written = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, written);

        new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so");

        Assert.Equal(written, File.GetLastWriteTimeUtc(path));
    }

    [Theory]
    [InlineData(new byte[] { 4, 5, 6 })]
    [InlineData(new byte[] { 4, 5, 6, 8 })]
    [InlineData(new byte[] { 4, 5, 6, 7, 0 })]
    [InlineData(new byte[0])]
    public void ReplacesADamagedCopy(byte[] damaged)
    {
        using var folder = new TemporaryFolder();
        var path = new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so");
        File.WriteAllBytes(path, damaged);

        Assert.Equal(path, new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so"));

        Assert.Equal(s_edited, File.ReadAllBytes(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void ReplacesADamagedCopyByANewFile()
    {
        using var folder = new TemporaryFolder();
        var path = new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so");
        File.WriteAllBytes(path, [9]);

        // A process that has the damaged file open must not see it change.
        using var opened = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        new LibraryCache(folder.Path).Store(s_original, s_edited, "lib.so");

        Assert.Equal(1, opened.Length);
    }

    [Fact]
    public void FailsWhereTheFolderCannotBeCreatedAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "");

        Assert.ThrowsAny<IOException>(() => new LibraryCache(folder["file"]).Store(s_original, s_edited, "lib.so"));
        Assert.ThrowsAny<IOException>(() => new LibraryCache(folder["file/below"]).Store(s_original, s_edited, "lib.so"));

        Assert.Equal([folder["file"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task ThreadsMayStoreTheSameCopyAtTheSameTime()
    {
        using var folder = new TemporaryFolder();
        var content = new byte[1 << 20];
        new Random(1).NextBytes(content);
        for (var round = 0; round < 20; round++)
        {
            byte[] key = [(byte)round];
            using var barrier = new Barrier(8);
            var threads = Enumerable.Range(0, barrier.ParticipantCount).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    barrier.SignalAndWait();
                    return new LibraryCache(folder.Path).Store(key, content, "lib.so");
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));

            var path = Assert.Single((await Task.WhenAll(threads)).Distinct());

            Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(content));
            Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
        }
    }
}
