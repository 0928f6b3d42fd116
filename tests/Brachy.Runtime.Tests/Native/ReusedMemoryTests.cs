using System.Collections;
using System.Runtime.InteropServices;
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

    /// <summary>
    /// Eight megabytes come from the heap, which is kept, and are no mapping of their own, as glibc makes it from 128 KB on.
    /// </summary>
    [LinuxX64Fact]
    public void LargeTensorsComeFromTheHeapUnlessTheUserSaysOtherwise()
    {
        var assembly = typeof(ReusedMemoryTests).Assembly.Location;
        Assert.Contains(
            "mapped: 0\n", ProbeProcess.Run(assembly, new Dictionary<string, string>(), Probes.Mapped), StringComparison.Ordinal);
        Assert.Contains(
            "mapped: 1\n",
            ProbeProcess.Run(assembly, new Dictionary<string, string> { ["MALLOC_MMAP_THRESHOLD_"] = "131072" }, Probes.Mapped),
            StringComparison.Ordinal);
    }

    /// <summary>Prints how many mappings an allocation of eight megabytes makes.</summary>
    internal static unsafe void ShowMapped()
    {
        var before = mallinfo2();
        var memory = NativeMemory.Alloc(8 << 20);
        var after = mallinfo2();
        Console.Write($"mapped: {after.Hblks - before.Hblks}\n");
        NativeMemory.Free(memory);
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern MallInfo mallinfo2();

    /// <summary>What glibc says of its heaps: malloc.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallInfo
    {
        public readonly nint Arena;
        public readonly nint Ordblks;
        public readonly nint Smblks;
        public readonly nint Hblks;
        public readonly nint Hblkhd;
        public readonly nint Usmblks;
        public readonly nint Fsmblks;
        public readonly nint Uordblks;
        public readonly nint Fordblks;
        public readonly nint Keepcost;
    }
}
