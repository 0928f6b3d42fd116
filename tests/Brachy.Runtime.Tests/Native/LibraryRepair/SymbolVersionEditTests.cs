using System.Runtime.InteropServices;
using System.Text;
using Brachy.Native;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Native;

public class SymbolVersionEditTests
{
    private const string Name = "lib.so";

    [LinuxX64Fact]
    public void ChangesTheVersionRecordAndTheSymbolNameAndNothingElse()
    {
        var before = RealLibrary.Read();
        var after = RealLibrary.ReadEdited();

        var versions = ElfVersions.Required(new ElfImage(before, Name), "libstdc++.so.6"u8);
        var newer = versions.Single(version => version.Name == "GLIBCXX_3.4.32");
        var older = versions.Single(version => version.Name == "GLIBCXX_3.4");
        var expected = before.ToArray();
        BitConverter.GetBytes(older.Hash).CopyTo(expected, newer.Offset);
        BitConverter.GetBytes(older.NameOffset).CopyTo(expected, newer.Offset + 8);
        var symbol = before.AsSpan().IndexOf("\0_ZSt21ios_base_library_initv\0"u8) + 1;
        "_ZSt18uncaught_exceptionv\0\0\0"u8.CopyTo(expected.AsSpan(symbol));

        // The hash function of the ELF specification, of "GLIBCXX_3.4".
        Assert.Equal(0x08922974u, older.Hash);
        Assert.True(after.AsSpan().SequenceEqual(expected));
        Assert.Equal(before.Length, after.Length);
    }

    [LinuxX64Fact]
    public void TheEditedLibraryNeedsNoNewerVersion()
    {
        var versions = ElfVersions.Required(new ElfImage(RealLibrary.ReadEdited(), Name), "libstdc++.so.6"u8);

        Assert.Equal(20, versions.Count);
        Assert.DoesNotContain(versions, version => version.Name == "GLIBCXX_3.4.32");
        Assert.Equal(2, versions.Count(version => version.Name == "GLIBCXX_3.4"));
        Assert.Equal(20, versions.Select(version => version.Index).Distinct().Count());
    }

    [LinuxX64Fact]
    public void TheEditedLibraryLoads()
    {
        NativeRuntime.EnsureLoaded();
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder[Name], RealLibrary.ReadEdited());

        var handle = NativeLibrary.Load(folder[Name]);

        Assert.True(NativeLibrary.TryGetExport(handle, "THSTorch_manual_seed", out _));
    }

    [LinuxX64Fact]
    public void ASecondEditChangesNothing()
    {
        var once = RealLibrary.ReadEdited();
        var twice = once.ToArray();

        Assert.False(SymbolVersionEdit.Apply(twice, Name));
        Assert.True(twice.AsSpan().SequenceEqual(once));
    }

    [Fact]
    public void EditsTheSmallestLibrary()
    {
        var image = new TinyLibrary().Build();

        Assert.True(SymbolVersionEdit.Apply(image, Name));
        Assert.Contains("_ZSt18uncaught_exceptionv\0\0\0\0", Encoding.ASCII.GetString(image));
        Assert.False(SymbolVersionEdit.Apply(image, Name));
    }

    public static TheoryData<string, string> Unsuitable => new()
    {
        { nameof(TinyLibrary.Newer), "does not need version GLIBCXX_3.4.32" },
        { nameof(TinyLibrary.Older), "does not need version GLIBCXX_3.4 of" },
        { nameof(TinyLibrary.Provider), "does not need version GLIBCXX_3.4 of" },
        { nameof(TinyLibrary.Symbol), "needs other symbols of version GLIBCXX_3.4.32" },
        { nameof(TinyLibrary.SecondSymbol), "needs other symbols of version GLIBCXX_3.4.32" },
        { nameof(TinyLibrary.SymbolSection), "defines std::ios_base_library_init() itself" },
        { nameof(TinyLibrary.SharedNameAt), "shares the name of std::ios_base_library_init()" },
        { nameof(TinyLibrary.NeedsSize), "has a record beyond the end of its section" },
    };

    [Theory]
    [MemberData(nameof(Unsuitable))]
    public void RefusesALibraryThatTheEditDoesNotFit(string part, string message)
    {
        var library = part switch
        {
            nameof(TinyLibrary.Newer) => new TinyLibrary { Newer = "GLIBCXX_3.4.31" },
            nameof(TinyLibrary.Older) => new TinyLibrary { Older = "GLIBCXX_3.3" },
            nameof(TinyLibrary.Provider) => new TinyLibrary { Provider = "libc++.so.1" },
            nameof(TinyLibrary.Symbol) => new TinyLibrary { Symbol = "_ZSt21ios_base_library_init" },
            nameof(TinyLibrary.SecondSymbol) => new TinyLibrary { SecondSymbol = "_ZSt9terminatev" },
            nameof(TinyLibrary.SymbolSection) => new TinyLibrary { SymbolSection = 12 },
            nameof(TinyLibrary.SharedNameAt) => new TinyLibrary { SharedNameAt = 23 },
            nameof(TinyLibrary.NeedsSize) => new TinyLibrary { NeedsSize = 47 },
            _ => throw new ArgumentException(part),
        };

        AssertRefused(library.Build(), message);
    }

    [Fact]
    public void RefusesWhatIsNotALibrary()
    {
        AssertRefused([], "is not a 64-bit ELF library");
        AssertRefused("MZ\0\0 a library of another system"u8.ToArray(), "is not a 64-bit ELF library");
        AssertRefused([.. "\u007fELF\u0001\u0001"u8, .. new byte[100]], "is not a 64-bit ELF library");
        AssertRefused([.. "\u007fELF\u0002\u0001"u8, .. new byte[100]], "was not built for x64");
        AssertRefused([.. "\u007fELF\u0002\u0001"u8], "is cut short");
    }

    [LinuxX64Fact]
    public void RefusesATruncatedLibrary()
    {
        var image = RealLibrary.Read();

        AssertRefused(image[..^1], "is cut short");
        AssertRefused(image[..(image.Length / 2)], "is cut short");
        AssertRefused(image[..100], "is cut short");
    }

    private static void AssertRefused(byte[] image, string message)
    {
        var before = image.ToArray();

        var refusal = Assert.Throws<NativeLibraryException>(() => SymbolVersionEdit.Apply(image, Name));

        Assert.StartsWith($"{Name} {message}", refusal.Message);
        Assert.Equal(before, image);
    }
}
