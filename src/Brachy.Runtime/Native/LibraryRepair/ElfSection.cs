namespace Brachy.Native;

/// <summary>Where a section of an ELF file lies in the file.</summary>
/// <param name="Offset">Its first byte.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Link">The index of the section it refers to, such as the table its names are in.</param>
internal readonly record struct ElfSection(int Offset, int Size, uint Link);

/// <summary>The section types that deal with symbol versions.</summary>
internal enum ElfSectionType : uint
{
    DynamicSymbols = 11,
    VersionDefinitions = 0x6ffffffd,
    VersionNeeds = 0x6ffffffe,
    SymbolVersions = 0x6fffffff,
}
