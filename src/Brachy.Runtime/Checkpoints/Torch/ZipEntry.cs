namespace Brachy.IO;

/// <summary>A file of a zip archive.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Stored">How many bytes it takes in the archive.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="IsDeflated">Whether it is compressed.</param>
internal readonly record struct ZipEntry(string Name, long Offset, long Stored, long Length, bool IsDeflated);
