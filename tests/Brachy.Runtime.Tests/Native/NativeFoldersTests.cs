using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

public class NativeFoldersTests
{
    [LinuxX64Fact]
    public void SearchesTheApplicationThenItsRuntimeFolderThenWhatTheHostFound()
    {
        var folders = NativeFolders.Of("/app/", "/app/:/packages/a:/packages/b:");

        Assert.Equal("/app/, /app/runtimes/linux-x64/native, /packages/a, /packages/b", folders.ToString());
    }

    [LinuxX64Fact]
    public void FindsTheFirstFileOfAName()
    {
        using var folder = new TemporaryFolder();
        var first = Directory.CreateDirectory(folder["first"]).FullName;
        var second = Directory.CreateDirectory(folder["second"]).FullName;
        File.WriteAllText(Path.Combine(first, "b.so"), "");
        File.WriteAllText(Path.Combine(second, "a.so"), "");
        File.WriteAllText(Path.Combine(second, "b.so"), "");
        var folders = NativeFolders.Of(folder.Path, $"{first}:{second}");

        Assert.Equal(Path.Combine(second, "a.so"), folders.Find("a.so"));
        Assert.Equal(Path.Combine(first, "b.so"), folders.Find("b.so"));
        Assert.Null(folders.Find("c.so"));
    }

    [LinuxX64Fact]
    public void FindsTheLibrariesOfThisApplication()
    {
        Assert.True(File.Exists(NativeFolders.OfApplication.Find("libtorch_cpu.so")));
        Assert.True(File.Exists(NativeFolders.OfApplication.Find("libLibTorchSharp.so")));
    }
}
