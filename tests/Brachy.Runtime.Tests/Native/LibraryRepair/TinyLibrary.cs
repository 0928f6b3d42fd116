using System.Buffers.Binary;
using System.Text;

namespace Brachy.Tests.Native;

/// <summary>Builds the smallest ELF file that the edit accepts, with parts that a test may get wrong.</summary>
internal sealed class TinyLibrary
{
    private const int StringsAt = 64;
    private const int StringsSize = 256;
    private const int SymbolsAt = StringsAt + StringsSize;
    private const int VersionsAt = SymbolsAt + 96;
    private const int NeedsAt = VersionsAt + 8;
    private const int SectionsAt = NeedsAt + 80;

    private readonly byte[] _image = new byte[SectionsAt + (5 * 64)];
    private int _strings = StringsAt + 1;

    public string Symbol { get; init; } = "_ZSt21ios_base_library_initv";

    public ushort SymbolSection { get; init; }

    /// <summary>Gives a second symbol the newer version as well.</summary>
    public string? SecondSymbol { get; init; }

    /// <summary>Gives a symbol of another version a name that begins this many bytes into the first one's.</summary>
    public int? SharedNameAt { get; init; }

    public string Newer { get; init; } = "GLIBCXX_3.4.32";

    public string Older { get; init; } = "GLIBCXX_3.4";

    public string Provider { get; init; } = "libstdc++.so.6";

    public int NeedsSize { get; init; } = 80;

    public byte[] Build()
    {
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(_image);
        Write16(18, 62);
        Write64(40, SectionsAt);
        Write16(58, 64);
        Write16(60, 5);

        var name = AddString(Symbol);
        WriteSymbol(1, name, SymbolSection, version: 3);
        if (SecondSymbol is not null)
        {
            WriteSymbol(2, AddString(SecondSymbol), 0, version: 3);
        }

        WriteSymbol(3, SharedNameAt is { } shift ? name + shift : AddString("malloc"), 0, version: 2);

        Write16(NeedsAt, 1);
        Write16(NeedsAt + 2, 2);
        Write32(NeedsAt + 4, AddString(Provider));
        Write32(NeedsAt + 8, 16);
        WriteVersion(NeedsAt + 16, 0x0297f862, 3, AddString(Newer), next: 16);
        WriteVersion(NeedsAt + 32, 0x08922974, 2, AddString(Older), next: 0);

        WriteSection(1, type: 3, StringsAt, StringsSize, link: 0);
        WriteSection(2, type: 11, SymbolsAt, 96, link: 1);
        WriteSection(3, type: 0x6fffffff, VersionsAt, 8, link: 2);
        WriteSection(4, type: 0x6ffffffe, NeedsAt, NeedsSize, link: 1);
        return _image;
    }

    private int AddString(string text)
    {
        var at = _strings;
        _strings += Encoding.ASCII.GetBytes(text, _image.AsSpan(at)) + 1;
        return at - StringsAt;
    }

    private void WriteSymbol(int index, int name, ushort section, ushort version)
    {
        Write32(SymbolsAt + (index * 24), name);
        Write16(SymbolsAt + (index * 24) + 6, section);
        Write16(VersionsAt + (index * 2), version);
    }

    private void WriteVersion(int at, int hash, ushort index, int name, int next)
    {
        Write32(at, hash);
        Write16(at + 6, index);
        Write32(at + 8, name);
        Write32(at + 12, next);
    }

    private void WriteSection(int index, int type, int offset, int size, int link)
    {
        var at = SectionsAt + (index * 64);
        Write32(at + 4, type);
        Write64(at + 24, offset);
        Write64(at + 32, size);
        Write32(at + 40, link);
    }

    private void Write16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_image.AsSpan(at), value);

    private void Write32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(_image.AsSpan(at), value);

    private void Write64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(_image.AsSpan(at), value);
}
