using System.Text;

namespace Brachy.Native;

/// <summary>A symbol version that a library requires of another one: a vernaux record of its .gnu.version_r section.</summary>
/// <param name="Offset">Where the record lies in the file.</param>
/// <param name="Hash">The hash of the version's name.</param>
/// <param name="Index">The number by which symbols refer to the version.</param>
/// <param name="NameOffset">Where the version's name begins in the string table.</param>
/// <param name="Name">The version's name.</param>
internal readonly record struct RequiredVersion(int Offset, uint Hash, ushort Index, uint NameOffset, string Name);

/// <summary>Lists the symbol versions that ELF libraries require and define.</summary>
internal static class ElfVersions
{
    private const int NeedSize = 16;
    private const int NeedVersionSize = 16;
    private const int DefinitionSize = 20;
    private const int DefinitionNameSize = 8;

    /// <summary>The versions that a library requires of one other library.</summary>
    /// <exception cref="NativeLibraryException">The file is damaged or has no versions.</exception>
    public static List<RequiredVersion> Required(ElfImage elf, ReadOnlySpan<byte> library)
    {
        var needs = elf.Section(ElfSectionType.VersionNeeds);
        var strings = elf.Linked(needs);
        var versions = new List<RequiredVersion>();

        // Offsets in these lists only grow, so that a damaged list ends too.
        for (ulong need = 0, next = 1; next != 0; need += next)
        {
            var at = elf.RecordOffset(needs, need, NeedSize);
            next = elf.U32(at + 12);
            if (!elf.String(strings, elf.U32(at + 4)).SequenceEqual(library))
            {
                continue;
            }

            for (ulong version = need + elf.U32(at + 8), following = 1; following != 0; version += following)
            {
                var record = elf.RecordOffset(needs, version, NeedVersionSize);
                var name = elf.U32(record + 8);
                versions.Add(new RequiredVersion(
                    record, elf.U32(record), elf.U16(record + 6), name, Encoding.ASCII.GetString(elf.String(strings, name))));
                following = elf.U32(record + 12);
            }
        }

        return versions;
    }

    /// <summary>The names of the versions that a library defines.</summary>
    /// <exception cref="NativeLibraryException">The file is damaged or defines no versions.</exception>
    public static List<string> Defined(ElfImage elf)
    {
        var definitions = elf.Section(ElfSectionType.VersionDefinitions);
        var strings = elf.Linked(definitions);
        var names = new List<string>();
        for (ulong definition = 0, next = 1; next != 0; definition += next)
        {
            var at = elf.RecordOffset(definitions, definition, DefinitionSize);
            var record = elf.RecordOffset(definitions, definition + elf.U32(at + 12), DefinitionNameSize);
            names.Add(Encoding.ASCII.GetString(elf.String(strings, elf.U32(record))));
            next = elf.U32(at + 16);
        }

        return names;
    }
}
