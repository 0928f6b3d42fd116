using System.Text;
using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

public class NativeRuntimeTests
{
    private static string TestAssembly => typeof(NativeRuntimeTests).Assembly.Location;

    [LinuxX64Fact]
    public void LoadsInThisProcess()
    {
        NativeRuntime.EnsureLoaded();
        NativeRuntime.EnsureLoaded();

        Assert.IsType(
            InstalledCppLibrary.IsNewEnoughForTorchSharp ? typeof(NativeRuntimeState.Untouched) : typeof(NativeRuntimeState.Patched),
            NativeRuntime.State);
    }

    [LinuxX64Fact]
    public void WorksWhenTorchSharpComesFirst() => AssertWorks(TestAssembly, Probes.TorchSharpFirst);

    [LinuxX64Fact]
    public void WorksWhenADirectCallComesFirst() => AssertWorks(TestAssembly, Probes.InvokeFirst);

    [LinuxX64Fact]
    public void WorksWhenAskedToLoad() => AssertWorks(TestAssembly, Probes.EnsureFirst);

    [LinuxX64Fact]
    public void WorksInAPublishedApplication()
    {
        using var application = new ApplicationCopy();

        AssertWorks(application.Assembly, Probes.TorchSharpFirst);
    }

    [LinuxX64Fact]
    public void TouchesNothingWhereTheNormalLoadWorks()
    {
        using var application = new ApplicationCopy();
        using var cache = new TemporaryFolder();
        File.WriteAllBytes(application[LibTorchSharpLoader.FileName], RealLibrary.ReadEdited());

        var output = ProbeProcess.Run(application.Assembly, CacheIn(cache.Path), Probes.TorchSharpFirst);

        Assert.Equal($"sum 3\n{new NativeRuntimeState.Untouched()}\n", output);
        Assert.Empty(Directory.GetFileSystemEntries(cache.Path));
    }

    [LinuxX64Fact]
    public void SaysWhichPackageToAddWhereLibtorchIsMissing()
    {
        using var application = new ApplicationCopy();
        File.Delete(application["libtorch_cpu.so"]);

        AssertFails(
            application,
            $"libtorch_cpu.so was not found in {Path.GetDirectoryName(application.Assembly)}",
            "Add the NuGet package libtorch-cpu-linux-x64 2.10.0");
    }

    // As on a machine with Debian's libtorch, which is another version: any library will do that has nothing of what is needed.
    [LinuxX64Fact]
    public void SaysWhichPackageToAddWhereTheSystemHasAnotherCore() => SaysWhichPackageToAddBesideTheSystems("libc10.so");

    [LinuxX64Fact]
    public void SaysWhichPackageToAddWhereTheSystemHasOtherKernels() => SaysWhichPackageToAddBesideTheSystems("libtorch_cpu.so");

    private static void SaysWhichPackageToAddBesideTheSystems(string name)
    {
        using var application = new ApplicationCopy();
        using var system = new TemporaryFolder();

        // An edited copy may be made of TorchSharp's library before that is known not to be the cause.
        using var cache = new TemporaryFolder();
        File.Delete(application[name]);
        File.Copy(LoadedCLibrary(), Path.Combine(system.Path, name));

        AssertFails(
            application,
            new Dictionary<string, string>(CacheIn(cache.Path)) { ["LD_LIBRARY_PATH"] = system.Path },
            $"{name} was not found in {Path.GetDirectoryName(application.Assembly)}",
            "what the system has under that name does not fit",
            "Add the NuGet package libtorch-cpu-linux-x64 2.10.0");
    }

    [LinuxX64Fact]
    public void SaysWhichPackageToAddWhereTheWrapperIsMissing()
    {
        using var application = new ApplicationCopy();
        File.Delete(application["libLibTorchSharp.so"]);

        AssertFails(
            application,
            $"libLibTorchSharp.so was not found in {Path.GetDirectoryName(application.Assembly)}",
            "Add the NuGet package TorchSharp");
    }

    [LinuxX64Fact]
    public void SaysWhatIsWrongWithADamagedLibtorch()
    {
        using var application = new ApplicationCopy();
        File.Delete(application["libtorch_cpu.so"]);
        File.WriteAllText(application["libtorch_cpu.so"], "no library");

        AssertFails(application, $"{application["libtorch_cpu.so"]} could not be loaded", "file too short");
    }

    [LinuxX64Fact]
    public void SaysWhichVersionIsMissingAndWhatTheSystemOffers()
    {
        using var application = new ApplicationCopy();
        var image = RealLibrary.ReadEdited();
        RequireVersion(image, "GLIBCXX_3.4.30", "GLIBCXX_3.4.99");
        File.WriteAllBytes(application[LibTorchSharpLoader.FileName], image);

        AssertFails(
            application,
            $"{application[LibTorchSharpLoader.FileName]} needs GLIBCXX_3.4.99, and /",
            $"libstdc++.so.6 offers GLIBCXX_3.4.{InstalledCppLibrary.NewestMinorVersion} at most. Use a newer Linux release");
    }

    private static void AssertWorks(string assembly, string probe)
    {
        using var cache = new TemporaryFolder();

        var output = ProbeProcess.Run(assembly, CacheIn(cache.Path), probe);

        var copies = Directory.GetFiles(cache.Path, "*", SearchOption.AllDirectories);
        if (InstalledCppLibrary.IsNewEnoughForTorchSharp)
        {
            Assert.Equal($"sum 3\n{new NativeRuntimeState.Untouched()}\n", output);
            Assert.Empty(copies);
        }
        else
        {
            Assert.Equal($"sum 3\n{new NativeRuntimeState.Patched(Assert.Single(copies))}\n", output);
        }
    }

    private static void AssertFails(ApplicationCopy application, params string[] parts)
    {
        using var cache = new TemporaryFolder();

        AssertFails(application, CacheIn(cache.Path), parts);

        Assert.Empty(Directory.GetFileSystemEntries(cache.Path));
    }

    private static void AssertFails(ApplicationCopy application, Dictionary<string, string> environment, params string[] parts)
    {
        var lines = ProbeProcess.Run(application.Assembly, environment, Probes.EnsureFirst).Split('\n');

        Assert.StartsWith($"{nameof(NativeLibraryException)}: ", lines[0]);
        Assert.All(parts, part => Assert.Contains(part, lines[0]));
        Assert.Equal(new NativeRuntimeState.Failed(lines[0][(nameof(NativeLibraryException).Length + 2)..]).ToString(), lines[1]);
    }

    private static string LoadedCLibrary() =>
        File.ReadLines("/proc/self/maps").Select(line => line.Split(' ')[^1])
            .First(path => path.EndsWith("/libc.so.6", StringComparison.Ordinal));

    private static Dictionary<string, string> CacheIn(string folder) => new() { ["XDG_CACHE_HOME"] = folder };

    /// <summary>Replaces a version that the library needs by another one, under the hash that belongs to it.</summary>
    private static void RequireVersion(byte[] image, string present, string wanted)
    {
        var version = ElfVersions.Required(new ElfImage(image, "lib.so"), "libstdc++.so.6"u8).Single(version => version.Name == present);
        uint hash = 0;
        foreach (var letter in wanted)
        {
            hash = (hash << 4) + letter;
            hash = (hash ^ ((hash & 0xf0000000) >> 24)) & 0x0fffffff;
        }

        BitConverter.GetBytes(hash).CopyTo(image, version.Offset);
        Encoding.ASCII.GetBytes(wanted).CopyTo(image, image.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\0{present}\0")) + 1);
    }
}
