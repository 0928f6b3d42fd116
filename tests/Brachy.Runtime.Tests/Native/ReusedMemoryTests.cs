using System.Collections;
using Brachy.Native;

namespace Brachy.Tests.Native;

/// <summary>Who says how the C library allocates.</summary>
[Trait("Category", "Quick")]
public class ReusedMemoryTests
{
    [Theory]
    [InlineData("MALLOC_ARENA_MAX", "2", false)]
    [InlineData("MALLOC_MMAP_THRESHOLD_", "1", true)]
    [InlineData("MALLOC_TOP_PAD_", "1", true)]
    [InlineData("MALLOC_TRIM_THRESHOLD_", "1", true)]
    [InlineData("GLIBC_TUNABLES", "glibc.cpu.x=1:glibc.malloc.trim_threshold=1", true)]
    [InlineData("GLIBC_TUNABLES", "glibc.malloc.arena_max=1", false)]
    [InlineData("PATH", "MALLOC_", false)]
    public void TheUsersSettingsStay(string name, string value, bool isSet) =>
        Assert.Equal(isSet, ReusedMemory.IsSetBy(new Hashtable { [name] = value }));
}
