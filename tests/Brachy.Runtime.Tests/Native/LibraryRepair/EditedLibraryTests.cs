using System.Security.Cryptography;
using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

public class EditedLibraryTests
{
    public EditedLibraryTests() => NativeRuntime.EnsureLoaded();

    [LinuxX64Fact]
    public void LoadsFromTheCacheAndFindsItAgain()
    {
        using var folder = new TemporaryFolder();

        var first = new EditedLibrary(RealLibrary.Path, folder.Path).Load();
        var second = new EditedLibrary(RealLibrary.Path, folder.Path).Load();

        var key = Convert.ToHexStringLower(SHA256.HashData(RealLibrary.Read()));
        Assert.StartsWith(Path.Combine(folder.Path, key), first.Path);
        Assert.Equal(RealLibrary.ReadEdited(), File.ReadAllBytes(first.Path));
        Assert.NotEqual(0, first.Handle);
        Assert.Equal(first, second);
    }

    [LinuxX64Fact]
    public void LoadsFromATemporaryFolderWhereTheCacheCannotBeWritten()
    {
        var (handle, path) = new EditedLibrary(RealLibrary.Path, "/dev/null/x").Load();

        Assert.NotEqual(0, handle);
        Assert.StartsWith(Path.Combine(Path.GetTempPath(), "brachy-"), path);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Path.GetDirectoryName(path))));
    }

    [LinuxX64Fact]
    public void LoadsFromATemporaryFolderWhereThereIsNoCache()
    {
        var (handle, path) = new EditedLibrary(RealLibrary.Path, cacheFolder: null).Load();

        Assert.NotEqual(0, handle);
        Assert.StartsWith(Path.Combine(Path.GetTempPath(), "brachy-"), path);
    }

    [LinuxX64Fact]
    public void NamesTheFoldersWhereNoneCanBeWritten()
    {
        var nowhere = new Dictionary<string, string> { ["XDG_CACHE_HOME"] = "/dev/null/cache", ["TMPDIR"] = "/dev/null/temporary" };

        var output = ProbeProcess.Run(typeof(EditedLibraryTests).Assembly.Location, nowhere, Probes.Edited);

        Assert.StartsWith($"{nameof(NativeLibraryException)}: No edited copy of {RealLibrary.Path} could be loaded: ", output);
        Assert.Contains("/dev/null/cache/brachy/native: ", output);
        Assert.Contains("; /dev/null/temporary", output);
        Assert.Contains("Let XDG_CACHE_HOME or TMPDIR name a folder", output);
    }

    [LinuxX64Fact]
    public void RefusesAFileThatIsNotTheLibrary()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["lib.so"], "no library");

        var refusal = Assert.Throws<NativeLibraryException>(() => new EditedLibrary(folder["lib.so"], folder["cache"]).Load());

        Assert.StartsWith($"{folder["lib.so"]} is not a 64-bit ELF library", refusal.Message);
        Assert.False(Directory.Exists(folder["cache"]));
    }

    [LinuxX64Fact]
    public void SaysWhichFileCannotBeRead()
    {
        var refusal = Assert.Throws<NativeLibraryException>(() => new EditedLibrary("/dev/null/lib.so", cacheFolder: null).Load());

        Assert.StartsWith("/dev/null/lib.so could not be read: ", refusal.Message);
        Assert.IsAssignableFrom<IOException>(refusal.InnerException);
    }

    [LinuxX64Fact]
    public void ProcessesMayStoreTheSameCopyAtTheSameTime()
    {
        using var folder = new TemporaryFolder();
        var assembly = typeof(EditedLibraryTests).Assembly.Location;

        var first = ProbeProcess.Start(assembly, new Dictionary<string, string>(), Probes.Store, folder.Path, "a", "b");
        var second = ProbeProcess.Start(assembly, new Dictionary<string, string>(), Probes.Store, folder.Path, "b", "a");

        Assert.StartsWith("stored\n", ProbeProcess.Output(first));
        Assert.StartsWith("stored\n", ProbeProcess.Output(second));
        var copies = Directory.GetDirectories(folder.Path).Select(Directory.GetFiles).ToList();
        Assert.Equal(Probes.StoreRounds, copies.Count);
        Assert.All(copies, files => Assert.Equal("lib.so", Path.GetFileName(Assert.Single(files))));
    }
}
