namespace Brachy;

/// <summary>A stored file of a zip archive.</summary>
/// <param name="Name">Its name in the archive.</param>
/// <param name="Offset">Where its bytes begin.</param>
/// <param name="Length">How many there are.</param>
internal readonly record struct ZipEntry(string Name, long Offset, long Length);
