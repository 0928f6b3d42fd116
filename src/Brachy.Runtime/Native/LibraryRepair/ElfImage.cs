using System.Buffers.Binary;

namespace Brachy.Native;

/// <summary>
/// Reads the sections of a 64-bit x86 ELF library. Every offset that the file gives is checked before it is used,
/// so that a damaged file can only give a <see cref="NativeLibraryException"/>.
/// </summary>
internal readonly ref struct ElfImage
{
    private const int HeaderSize = 64;
    private const int SectionHeaderSize = 64;
    private const int MachineX64 = 62;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _path;
    private readonly int _sectionHeaders;
    private readonly int _sectionCount;

    /// <exception cref="NativeLibraryException">The file is of another kind or cut short.</exception>
    public ElfImage(ReadOnlySpan<byte> bytes, string path)
    {
        _bytes = bytes;
        _path = path;

        // The bytes after the name say: 64-bit, little-endian.
        if (!bytes.StartsWith("\u007fELF\u0002\u0001"u8))
        {
            throw Invalid("is not a 64-bit ELF library");
        }

        if (bytes.Length < HeaderSize)
        {
            throw Invalid("is cut short");
        }

        if (U16(18) != MachineX64)
        {
            throw Invalid("was not built for x64");
        }

        if (U16(58) != SectionHeaderSize)
        {
            throw Invalid("has section headers of an unknown size");
        }

        _sectionCount = U16(60);
        _sectionHeaders = Range(U64(40), (ulong)_sectionCount * SectionHeaderSize);
    }

    /// <summary>The first section of a type.</summary>
    public ElfSection Section(ElfSectionType type)
    {
        for (var index = 0; index < _sectionCount; index++)
        {
            if (U32(_sectionHeaders + (index * SectionHeaderSize) + 4) == (uint)type)
            {
                return SectionAt((uint)index);
            }
        }

        throw Invalid($"has no section of type {type}");
    }

    /// <summary>The section that another one refers to.</summary>
    public ElfSection Linked(ElfSection section) => SectionAt(section.Link);

    /// <summary>The offset in the file of a string of a string table.</summary>
    public int StringOffset(ElfSection strings, uint offset)
    {
        if (offset >= (uint)strings.Size)
        {
            throw Invalid("refers to a name beyond its string table");
        }

        return strings.Offset + (int)offset;
    }

    /// <summary>The zero-terminated string at an offset of a string table, without the zero.</summary>
    public ReadOnlySpan<byte> String(ElfSection strings, uint offset)
    {
        var start = StringOffset(strings, offset);
        var rest = _bytes[start..(strings.Offset + strings.Size)];
        var length = rest.IndexOf((byte)0);
        return length < 0 ? throw Invalid("has a name without an end") : rest[..length];
    }

    /// <summary>The offset in the file of a record in a section.</summary>
    public int RecordOffset(ElfSection section, ulong offset, int size)
    {
        if (offset > (ulong)section.Size || (ulong)size > (ulong)section.Size - offset)
        {
            throw Invalid("has a record beyond the end of its section");
        }

        return section.Offset + (int)offset;
    }

    public ushort U16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[offset..]);

    public uint U32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[offset..]);

    public NativeLibraryException Invalid(string what) =>
        new($"{_path} {what}. The file is damaged or of another version: restore or publish the application again.");

    private ElfSection SectionAt(uint index)
    {
        if (index >= (uint)_sectionCount)
        {
            throw Invalid("refers to a section that it does not have");
        }

        var header = _sectionHeaders + ((int)index * SectionHeaderSize);
        var size = U64(header + 32);
        return new ElfSection(Range(U64(header + 24), size), (int)size, U32(header + 40));
    }

    private int Range(ulong offset, ulong size)
    {
        var length = (ulong)_bytes.Length;
        return offset > length || size > length - offset ? throw Invalid("is cut short") : (int)offset;
    }

    private ulong U64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[offset..]);
}
