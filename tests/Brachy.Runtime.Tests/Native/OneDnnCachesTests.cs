using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

/// <summary>
/// What oneDNN takes the caches of many processors to be, by their leaves of CPUID, and on which of them it must not be used.
/// </summary>
[Trait("Category", "Quick")]
public class OneDnnCachesTests
{
    private static readonly Dictionary<string, (DescribedProcessor Processor, long[] Kilobytes)> s_open = new()
    {
        ["Zen 2"] = (DescribedProcessor.Amd(32, 512, 16384, 8), [32, 512, 4096]),
        ["Zen 3"] = (DescribedProcessor.Amd(32, 512, 32768, 16), [32, 512, 4096]),
        ["Zen 4"] = (DescribedProcessor.Amd(32, 1024, 32768, 16), [32, 1024, 4096]),
        ["Zen 4, two cores of a virtual machine"] = (
            DescribedProcessor.Amd(32, 1024, 32768, 2, ofCore: 1, ofPackage: 2), [32, 1024, 16384]),
        ["Zen 5"] = (DescribedProcessor.Amd(48, 1024, 32768, 16), [48, 1024, 4096]),
        ["Zen 5, one core"] = (DescribedProcessor.Amd(48, 1024, 32768, 1, ofCore: 1, ofPackage: 1), [48, 1024, 32768]),
        ["Cascade Lake"] = (DescribedProcessor.Intel(32, 1024, 36608), [32, 1024, 4576]),
        ["Sapphire Rapids"] = (DescribedProcessor.Intel(48, 2048, 107520), [48, 2048, 13440]),
        ["a performance core of a hybrid"] = (DescribedProcessor.Intel(48, 1280, 25600), [48, 1280, 3200]),
        ["an efficient core of a hybrid"] = (DescribedProcessor.Intel(32, 2048, 25600, threadsOfLevel2: 4, ofCore: 1), [32, 512, 1600]),
        ["Atom, without level 3"] = (DescribedProcessor.Intel(24, 1024, 0, ofCore: 1), [24, 512]),
        ["Intel, without leaf 0xB"] = (
            new DescribedProcessor("GenuineIntel", 0xA).WithCache(4, 0, 1, 1, 32, 8, 2).WithCache(4, 1, 3, 2, 4096, 16, 2), [32, 4096]),
        ["Intel that hides leaf 4, where oneDNN guesses"] = (new DescribedProcessor("GenuineIntel", 0x16).WithTopology(1, 2), []),
        ["Hygon, which oneDNN does not know"] = (new DescribedProcessor("HygonGenuine", 0xD).WithTopology(2, 16), []),
        ["VIA"] = (new DescribedProcessor("CentaurHauls", 0xD), []),
        ["Zhaoxin"] = (new DescribedProcessor("  Shanghai  ", 0xD), []),
        ["AMD without level 3"] = (
            new DescribedProcessor("AuthenticAMD", 0xD).WithTopology(1, 4).WithCache(0x8000001D, 0, 1, 1, 16, 4, 1)
                .WithCache(0x8000001D, 2, 3, 2, 2048, 16, 2),
            [16, 1024, 0]),
    };

    private static readonly Dictionary<string, (DescribedProcessor Processor, string Fault)> s_hidden = new()
    {
        ["Zen 5 that hides leaf 0x8000001D"] = (
            new DescribedProcessor("AuthenticAMD", 0x10).WithTopology(1, 2),
            "this processor (AuthenticAMD) hides its caches: leaf 0x8000001D of CPUID gives a level-1 data cache of 1 byte"),
        ["without topology either"] = (new DescribedProcessor("AuthenticAMD", 0x10), "level-1 data cache of 1 byte"),
        ["only level 1 hidden"] = (
            new DescribedProcessor("AuthenticAMD", 0x10).WithTopology(1, 2).WithCache(0x8000001D, 2, 3, 2, 1024, 8, 1)
                .WithCache(0x8000001D, 3, 3, 3, 32768, 16, 2),
            "level-1 data cache of 1 byte"),
        ["sharing without a size"] = (
            new DescribedProcessor("AuthenticAMD", 0x10).WithTopology(1, 8)
                .With(0x8000001D, 0, (7 << 14) | 0x21, 0, 0), "level-1 data cache of 0 bytes"),
        ["Intel with a type and no size"] = (
            new DescribedProcessor("GenuineIntel", 0x16).WithTopology(1, 2).With(4, 0, 0x21, 0, 0),
            "leaf 4 of CPUID gives a level-1 data cache of 1 byte"),
        ["AMD from before leaf 0xB"] = (new DescribedProcessor("AuthenticAMD", 5), "divides by zero"),
        ["Intel without leaf 0xB and without level 1"] = (
            new DescribedProcessor("GenuineIntel", 0xA).WithCache(4, 0, 3, 2, 4096, 16, 2), "divides by zero"),
    };

    public static TheoryData<string> Open => [.. s_open.Keys];

    public static TheoryData<string> Hidden => [.. s_hidden.Keys];

    [Theory]
    [MemberData(nameof(Open))]
    public void AProcessorThatShowsItsCachesMayUseOneDNN(string name)
    {
        var (processor, kilobytes) = s_open[name];
        var caches = OneDnnCaches.Read(processor.Read);

        Assert.Null(caches.Fault);
        Assert.Equal(kilobytes, caches.Sizes.Select(bytes => bytes / 1024));
    }

    [Theory]
    [MemberData(nameof(Hidden))]
    public void OneThatHidesThemMayNot(string name)
    {
        var (processor, fault) = s_hidden[name];

        Assert.Contains(fault, OneDnnCaches.Read(processor.Read).Fault);
    }

    [Fact]
    public void ATableWithoutAnEndIsAFault()
    {
        var caches = OneDnnCaches.Read(
            (leaf, part) => leaf == 4 ? new(2, 0, 0, 0) : DescribedProcessor.Intel(32, 1024, 0).Read(leaf, part));

        Assert.Contains("has no end", caches.Fault);
    }

    [Fact]
    public void SizesAreToldInWords() =>
        Assert.Equal(
            "level 1 48 KiB, level 2 1 MiB, level 3 4 MiB", OneDnnCaches.Read(DescribedProcessor.Amd(48, 1024, 32768, 16).Read).Describe());

    [Fact]
    public void Level1OfThisProcessorIsWhatTheSystemSays()
    {
        if (CpuId.OfProcessor is { } cpuid && OneDnnCaches.Read(cpuid) is { Fault: null, Sizes: [var level1, ..] }
            && SystemCaches.Describe() is { } listed)
        {
            Assert.Contains($"level 1 {level1 / 1024}K", listed);
        }
    }

    [Fact]
    public void CachesThatTheSystemListsAreDescribedWithoutThatOfInstructions()
    {
        using var folder = new TemporaryFolder();
        foreach (var (index, level, type, size) in new[]
        {
            ("index0", "1", "Data", "48K"), ("index1", "1", "Instruction", "32K"), ("index2", "2", "Unified", "1024K")
        })
        {
            Directory.CreateDirectory(folder[index]);
            File.WriteAllText(Path.Combine(folder[index], "level"), level + "\n");
            File.WriteAllText(Path.Combine(folder[index], "type"), type + "\n");
            File.WriteAllText(Path.Combine(folder[index], "size"), size + "\n");
        }

        Assert.Equal("level 1 48K, level 2 1024K", SystemCaches.Describe(folder.Path));
        Assert.Null(SystemCaches.Describe(Path.Combine(folder.Path, "none")));
    }
}
