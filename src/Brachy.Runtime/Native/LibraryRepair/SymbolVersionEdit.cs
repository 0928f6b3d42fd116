using System.Buffers.Binary;

namespace Brachy.Native;

/// <summary>
/// Lets TorchSharp's library load with the C++ library of GCC 12. It needs version GLIBCXX_3.4.32 (GCC 13) for one symbol only,
/// <c>std::ios_base_library_init()</c>, which it never calls: the symbol exists to make a program refuse an older C++ library.
/// The edit makes it ask for an older function instead, in a version that every C++ library has.
/// </summary>
internal static class SymbolVersionEdit
{
    /// <summary>Raise this when the edit changes, so that copies made by the former one are not used.</summary>
    public const int FormatVersion = 1;

    public const string NewerVersion = "GLIBCXX_3.4.32";
    public const string OlderVersion = "GLIBCXX_3.4";

    private const int SymbolSize = 24;

    // Bit 15 marks a hidden symbol.
    private const int VersionIndexMask = 0x7fff;

    private static ReadOnlySpan<byte> NewerSymbol => "_ZSt21ios_base_library_initv"u8;

    // std::uncaught_exception(). No longer than the name it replaces.
    private static ReadOnlySpan<byte> OlderSymbol => "_ZSt18uncaught_exceptionv"u8;

    private static ReadOnlySpan<byte> CppLibrary => "libstdc++.so.6"u8;

    /// <summary>Edits a library in memory. Nothing is written unless the whole edit can be made.</summary>
    /// <param name="image">The content of the library.</param>
    /// <param name="path">What to call it in messages.</param>
    /// <returns>False if the library carries the edit already.</returns>
    /// <exception cref="NativeLibraryException">The file is damaged, or is not a library that this edit helps.</exception>
    public static bool Apply(Span<byte> image, string path)
    {
        var elf = new ElfImage(image, path);
        var versions = ElfVersions.Required(elf, CppLibrary);
        var newer = versions.Find(version => version.Name == NewerVersion);
        var older = versions.Find(version => version.Name == OlderVersion);
        if (older.Name is null)
        {
            throw elf.Invalid($"does not need version {OlderVersion} of libstdc++.so.6");
        }

        if (newer.Name is null)
        {
            return IsEdited(elf, versions) ? false : throw elf.Invalid($"does not need version {NewerVersion} of libstdc++.so.6");
        }

        var symbolName = FindSymbolName(elf, newer.Index);
        BinaryPrimitives.WriteUInt32LittleEndian(image[newer.Offset..], older.Hash);
        BinaryPrimitives.WriteUInt32LittleEndian(image[(newer.Offset + 8)..], older.NameOffset);
        var name = image.Slice(symbolName, NewerSymbol.Length);
        name.Clear();
        OlderSymbol.CopyTo(name);
        return true;
    }

    private static bool IsEdited(ElfImage elf, List<RequiredVersion> versions)
    {
        var symbols = elf.Section(ElfSectionType.DynamicSymbols);
        var strings = elf.Linked(symbols);

        // The edit leaves the older version listed twice; the symbol uses the second number.
        foreach (var duplicate in versions.FindAll(version => version.Name == OlderVersion))
        {
            var users = SymbolsOf(elf, symbols, duplicate.Index);
            if (users.Count == 1 && elf.String(strings, elf.U32(users[0])).SequenceEqual(OlderSymbol))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the name of the one symbol of the newer version lies, if it can be renamed.</summary>
    private static int FindSymbolName(ElfImage elf, ushort version)
    {
        var symbols = elf.Section(ElfSectionType.DynamicSymbols);
        var strings = elf.Linked(symbols);
        var users = SymbolsOf(elf, symbols, version);
        if (users.Count != 1 || !elf.String(strings, elf.U32(users[0])).SequenceEqual(NewerSymbol))
        {
            throw elf.Invalid($"needs other symbols of version {NewerVersion} than std::ios_base_library_init()");
        }

        // Only names of undefined symbols are absent from the hash table, which a new name would not fit.
        if (elf.U16(users[0] + 6) != 0)
        {
            throw elf.Invalid("defines std::ios_base_library_init() itself");
        }

        // Linkers let a name that is the end of another one share its bytes.
        var name = elf.U32(users[0]);
        for (var index = 0; index < symbols.Size / SymbolSize; index++)
        {
            var symbol = symbols.Offset + (index * SymbolSize);
            var other = elf.U32(symbol);
            var length = (uint)elf.String(strings, other).Length;
            if (symbol != users[0] && other <= name + NewerSymbol.Length && other + length >= name)
            {
                throw elf.Invalid("shares the name of std::ios_base_library_init() with another symbol");
            }
        }

        return elf.StringOffset(strings, name);
    }

    /// <summary>The symbols that refer to a version.</summary>
    private static List<int> SymbolsOf(ElfImage elf, ElfSection symbols, ushort version)
    {
        var versions = elf.Section(ElfSectionType.SymbolVersions);
        var users = new List<int>();
        for (var index = 0; index < symbols.Size / SymbolSize; index++)
        {
            var record = elf.RecordOffset(versions, (ulong)index * sizeof(ushort), sizeof(ushort));
            if ((elf.U16(record) & VersionIndexMask) == version)
            {
                users.Add(symbols.Offset + (index * SymbolSize));
            }
        }

        return users;
    }
}
