using Brachy.Native;

namespace Brachy.Tests.Native;

public class CacheFoldersTests
{
    [LinuxX64Fact]
    public void Prefers_the_xdg_folder()
    {
        Assert.Equal("/xdg/brachy/native", CacheFolders.Of("/xdg", "/home/user/.local/share"));
    }

    [LinuxX64Fact]
    public void Falls_back_to_local_application_data()
    {
        Assert.Equal("/home/user/.local/share/brachy/native", CacheFolders.Of(null, "/home/user/.local/share"));
        Assert.Equal("/home/user/.local/share/brachy/native", CacheFolders.Of("", "/home/user/.local/share"));
    }

    [LinuxX64Fact]
    public void Ignores_a_relative_xdg_folder()
    {
        Assert.Equal("/home/user/.local/share/brachy/native", CacheFolders.Of("cache", "/home/user/.local/share"));
    }

    [Fact]
    public void Is_null_where_there_is_no_home()
    {
        Assert.Null(CacheFolders.Of(null, ""));
        Assert.Null(CacheFolders.Of("cache", "share"));
    }
}
