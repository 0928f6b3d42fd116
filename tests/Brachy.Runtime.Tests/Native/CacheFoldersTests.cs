using Brachy.Native;

namespace Brachy.Tests.Native;

[Trait("Category", "Quick")]
public class CacheFoldersTests
{
    [LinuxX64Fact]
    public void PrefersTheXdgFolder()
    {
        Assert.Equal("/xdg/brachy/native", CacheFolders.Of("/xdg", "/home/user/.local/share"));
    }

    [LinuxX64Fact]
    public void FallsBackToLocalApplicationData()
    {
        Assert.Equal("/home/user/.local/share/brachy/native", CacheFolders.Of(null, "/home/user/.local/share"));
        Assert.Equal("/home/user/.local/share/brachy/native", CacheFolders.Of("", "/home/user/.local/share"));
    }

    [LinuxX64Fact]
    public void IgnoresARelativeXdgFolder()
    {
        Assert.Equal("/home/user/.local/share/brachy/native", CacheFolders.Of("cache", "/home/user/.local/share"));
    }

    [Fact]
    public void IsNullWhereThereIsNoHome()
    {
        Assert.Null(CacheFolders.Of(null, ""));
        Assert.Null(CacheFolders.Of("cache", "share"));
    }
}
